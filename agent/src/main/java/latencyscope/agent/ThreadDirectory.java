package latencyscope.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiPredicate;

/**
 * Who a thread of the target is: its Java thread where it has one in this JVM, and its name.
 *
 * <p>Answers are kept by slot (the kernel side's number for a thread), so the common case is an
 * array access. A thread that is not known makes the directory look at all threads of the JVM
 * again, at most once per {@link #REFRESH_NS}; one that is not found then is a native thread, or is
 * found by one of the next looks. Used by one thread at a time.
 */
final class ThreadDirectory implements AutoCloseable {
  /** Looks after a thread was not found, in case it was just being born. */
  private static final int RETRIES = 3;

  /**
   * A thread of the target.
   *
   * @param osThreadId its id in the target's pid namespace
   * @param thread its Java thread; null if it is not one of this JVM, or ended before it was seen
   * @param name its Java name, or else its kernel name
   * @param watched whether it belongs to what is to be captured
   */
  record Entry(int osThreadId, Thread thread, String name, boolean watched) {}

  private final HotSpotThreads threads;
  private final BiPredicate<Integer, String> watched;
  private final Map<Integer, Entry> byId = new HashMap<>();
  private Entry[] bySlot = new Entry[64];
  private boolean refreshedInBatch;
  private int retries;

  /**
   * Creates an empty directory.
   *
   * @param threads finds the ids of this JVM's threads; null if another process is the target
   * @param watched whether a thread of that id and name belongs to what is to be captured
   */
  ThreadDirectory(HotSpotThreads threads, BiPredicate<Integer, String> watched) {
    this.threads = threads;
    this.watched = watched;
  }

  /**
   * Finds a thread.
   *
   * @param kernelName name to use if it has ended and was never seen; may be null
   */
  Entry of(int slot, int osThreadId, String kernelName) {
    Entry entry = slot < bySlot.length ? bySlot[slot] : null;
    if (entry != null && entry.osThreadId == osThreadId) {
      return entry;
    }
    if (slot >= bySlot.length) {
      bySlot = Arrays.copyOf(bySlot, Math.max(slot + 1, bySlot.length * 2));
    }
    bySlot[slot] = look(osThreadId, kernelName);
    return bySlot[slot];
  }

  /** Forgets the thread in a slot, because the slot will be given to another. */
  void forget(int slot, int osThreadId) {
    if (slot < bySlot.length) {
      bySlot[slot] = null;
    }
    byId.remove(osThreadId);
  }

  /** Says that a new batch of records begins: looks again for threads that were not found. */
  void beginBatch() {
    refreshedInBatch = false;
    if (retries > 0) {
      retries--;
      refresh();
    }
  }

  private Entry look(int osThreadId, String kernelName) {
    if (threads != null && !refreshedInBatch && !byId.containsKey(osThreadId)) {
      refresh();
    }
    Entry entry = byId.get(osThreadId);
    if (entry != null) {
      return entry;
    }
    retries = RETRIES;
    String name = nameInProc(osThreadId);
    return entry(osThreadId, null, name != null ? name : kernelName);
  }

  private Entry entry(int osThreadId, Thread thread, String name) {
    return new Entry(osThreadId, thread, name, watched.test(osThreadId, name == null ? "" : name));
  }

  /** Looks at all threads of this JVM again: new ones, ended ones and those that were renamed. */
  void refresh() {
    if (threads == null) {
      return;
    }
    byId.clear();
    for (Thread thread : liveThreads()) {
      int id = threads.osThreadId(thread);
      if (id != 0) {
        byId.put(id, entry(id, thread, thread.getName()));
      }
    }
    for (int slot = 0; slot < bySlot.length; slot++) {
      // One that has ended keeps its entry until its slot is given back: events may still come.
      if (bySlot[slot] != null) {
        bySlot[slot] = byId.getOrDefault(bySlot[slot].osThreadId, bySlot[slot]);
      }
    }
    refreshedInBatch = true;
  }

  // Of the ways to list threads, this one needs neither a safepoint nor stack traces.
  private static Thread[] liveThreads() {
    ThreadGroup root = Thread.currentThread().getThreadGroup();
    while (root.getParent() != null) {
      root = root.getParent();
    }
    Thread[] all = new Thread[root.activeCount() + 16];
    int count;
    while ((count = root.enumerate(all)) == all.length) {
      all = new Thread[all.length * 2];
    }
    return Arrays.copyOf(all, count);
  }

  private static String nameInProc(int osThreadId) {
    try {
      return Files.readString(Path.of("/proc", Integer.toString(osThreadId), "comm")).strip();
    } catch (IOException e) {
      return null; // it has ended
    }
  }

  @Override
  public void close() throws IOException {
    if (threads != null) {
      threads.close();
    }
  }
}
