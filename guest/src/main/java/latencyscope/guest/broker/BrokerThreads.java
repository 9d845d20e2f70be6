package latencyscope.guest.broker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import latencyscope.guest.hotspot.HotSpotThreads;
import latencyscope.guest.thread.ThreadDirectory;
import latencyscope.guest.thread.WatchedThreads;

/**
 * Who the threads of events are that a broker sends, which knows their ids and kernel names alone.
 * Used by one thread at a time.
 */
final class BrokerThreads implements AutoCloseable {
  private final Path tasks;
  private final ThreadDirectory directory;
  private final ThreadDirectory.OfModule threads;

  /** The directory numbers threads: here, by their ids. */
  private final Map<Integer, Integer> slots = new HashMap<>();

  private final BitSet used = new BitSet();

  /**
   * Knows none yet.
   *
   * @param process folder of the target in {@code /proc}
   * @param javaThreads finds the ids of this JVM's threads; null if another process is the target
   */
  BrokerThreads(Path process, HotSpotThreads javaThreads, WatchedThreads watched) {
    tasks = process.resolve("task");
    directory = new ThreadDirectory(javaThreads, watched);
    threads = directory.ofModule();
  }

  /**
   * A thread of the target.
   *
   * @param kernelName as the kernel had it; may be null
   */
  ThreadDirectory.Entry of(long osThreadId, String kernelName) {
    int id = (int) osThreadId;
    if (id == 0) {
      return ThreadDirectory.NOBODY;
    }
    Integer slot = slots.get(id);
    if (slot == null) {
      slot = used.nextClearBit(0);
      used.set(slot);
      slots.put(id, slot);
    }
    return threads.of(slot, id, kernelName);
  }

  /** Says that a new batch of events begins. */
  void beginBatch() {
    directory.beginBatch();
  }

  /** Takes the names of new threads while they live. */
  void meet() {
    directory.refresh();
  }

  /** Forgets threads that have ended: to be called once their last events were read. */
  void forgetEnded() {
    slots
        .entrySet()
        .removeIf(known -> {
          boolean ended = !Files.exists(tasks.resolve(Integer.toString(known.getKey())));
          if (ended) {
            threads.forget(known.getValue(), known.getKey());
            used.clear(known.getValue());
          }
          return ended;
        });
  }

  @Override
  public void close() throws IOException {
    directory.close();
  }
}
