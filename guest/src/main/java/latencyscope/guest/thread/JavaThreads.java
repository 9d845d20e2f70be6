package latencyscope.guest.thread;

import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.util.HashMap;
import java.util.Map;
import latencyscope.guest.hotspot.HotSpotThreads;
import latencyscope.guest.settings.Complaints;

/** This JVM's Java threads by the kernel's ids. Used by one thread at a time. */
public final class JavaThreads implements AutoCloseable {
  /** Null if they are not known. */
  private final HotSpotThreads threads;

  private final Map<Integer, Thread> byId = new HashMap<>();

  private JavaThreads(HotSpotThreads threads) {
    this.threads = threads;
  }

  /** Knows none: another process is the target. */
  public static JavaThreads none() {
    return new JavaThreads(null);
  }

  /** Those of this JVM; none, after a line on standard error, where it cannot be read. */
  public static JavaThreads ofThisJvm(Instrumentation instrumentation) {
    return new JavaThreads(read(instrumentation));
  }

  /** Finds this JVM's threads; null, after a line on standard error, where it cannot be read. */
  public static HotSpotThreads read(Instrumentation instrumentation) {
    try {
      return new HotSpotThreads(instrumentation);
    } catch (IOException | ReflectiveOperationException | RuntimeException e) {
      Complaints.say("cannot read Java thread names; using kernel names", e);
      return null;
    }
  }

  /** Looks at all threads again: new ones, and ended ones. */
  public void refresh() {
    if (threads == null) {
      return;
    }
    byId.clear();
    for (Thread thread : ThreadDirectory.liveThreads()) {
      int id = threads.osThreadId(thread);
      if (id != 0) {
        byId.put(id, thread);
      }
    }
  }

  /** The thread with an id at the last look; null if it is none of Java's. */
  public Thread find(int osThreadId) {
    return byId.get(osThreadId);
  }

  /** Java's id of a thread. */
  public static long idOf(Thread thread) {
    return thread.getId();
  }

  @Override
  public void close() throws IOException {
    if (threads != null) {
      threads.close();
    }
  }
}
