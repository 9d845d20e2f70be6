package latencyscope.agent.module;

import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.Proxy;
import java.util.concurrent.locks.LockSupport;
import latencyscope.guest.hotspot.HotSpotThreads;
import latencyscope.guest.thread.ThreadDirectory;

/**
 * Some parked Java threads, and the directory that finds them by their ids, as in an engine.
 *
 * <p>Needs {@code --add-opens=java.base/java.lang=ALL-UNNAMED}, which saves an agent.
 */
final class JavaThreads implements AutoCloseable {
  private final Thread[] threads;
  private final int[] ids;
  private final ThreadDirectory directory;
  private volatile boolean ending;

  JavaThreads(int count) throws IOException, ReflectiveOperationException {
    HotSpotThreads hotSpot = new HotSpotThreads(nothingToRedefine());
    threads = new Thread[count];
    ids = new int[count];
    for (int i = 0; i < count; i++) {
      threads[i] = Thread.ofPlatform().daemon().name("strategy-thread-" + i).start(this::park);
      ids[i] = hotSpot.osThreadId(threads[i]);
    }
    directory = new ThreadDirectory(hotSpot, (_, _) -> true);
  }

  int[] osThreadIds() {
    return ids.clone();
  }

  ThreadDirectory directory() {
    return directory;
  }

  @Override
  public void close() throws IOException {
    ending = true;
    for (Thread thread : threads) {
      LockSupport.unpark(thread);
    }
    directory.close();
  }

  private void park() {
    while (!ending) {
      LockSupport.park(this);
    }
  }

  private static Instrumentation nothingToRedefine() {
    return (Instrumentation)
        Proxy.newProxyInstance(
            JavaThreads.class.getClassLoader(),
            new Class<?>[] {Instrumentation.class},
            (_, _, _) -> null);
  }
}
