package latencyscope.guest.thread;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiPredicate;
import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;
import latencyscope.guest.hotspot.HotSpotThreads;
import latencyscope.proc.KernelFile;

/**
 * Who a thread of the target is: its Java thread where it has one in this JVM, and its name.
 *
 * <p>Answers are kept by slot (the kernel side's number for a thread), so the common case is an
 * array access. A thread that is not known makes the directory look at all threads of the JVM
 * again, at most once per {@link #REFRESH_NS}; one that is not found then is a native thread, or is
 * found by one of the next looks. Used by one thread at a time.
 */
public final class ThreadDirectory implements AutoCloseable {
  /**
   * When to look again for a thread that was not found, in case it was just being born: its parent
   * may lose its CPU between having it made and making it known. Each time after twice as long.
   */
  private static final long FIRST_RETRY_NS = 10_000_000;

  private static final long LAST_RETRY_NS = 2_000_000_000;

  /**
   * How often to look, at most, for threads that are not known. By the clock and not once a batch:
   * on a machine that is full, a batch may last for seconds in which threads are born.
   */
  private static final long REFRESH_NS = 10_000_000;

  /** Of threads that come and go by the thousand, these are the last. */
  private static final int MOST_ENDED = 16_384;

  /** No kernel has more threads: PID_MAX_LIMIT. What a slot costs here is a reference. */
  private static final int MOST_SLOTS = 1 << 22;

  /**
   * A thread of the target.
   *
   * @param osThreadId its id in the target's pid namespace
   * @param thread its Java thread; null if it is not one of this JVM, or ended before it was seen
   * @param name its Java name, or else its kernel name
   * @param watched whether it belongs to what is to be captured
   */
  public record Entry(int osThreadId, Thread thread, String name, boolean watched) {
    private boolean hasEnded() {
      return thread != null && !thread.isAlive();
    }
  }

  /** A thread that has ended, and until when what happened was it. */
  private record Ended(Entry entry, long endedNs) {}

  /** Of what happened on a CPU while no thread of the target was there. */
  public static final Entry NOBODY = new Entry(0, null, null, true);

  private final HotSpotThreads threads;
  private final BiPredicate<Integer, String> watched;
  private final Map<Integer, Entry> byId = new HashMap<>();

  /** Modules add theirs when they are loaded, which they are side by side. */
  private final List<OfModule> views = new CopyOnWriteArrayList<>();

  private long refreshedAtNs = System.nanoTime() - REFRESH_NS;
  private long rememberNs;
  private long retryNs;
  private long retryAtNs;

  /**
   * Creates an empty directory.
   *
   * @param threads finds the ids of this JVM's threads; null if another process is the target
   * @param watched whether a thread of that id and name belongs to what is to be captured
   */
  public ThreadDirectory(HotSpotThreads threads, BiPredicate<Integer, String> watched) {
    this.threads = threads;
    this.watched = watched;
  }

  /** For how long those that have ended are remembered, nanoseconds, for {@code ofPast}. */
  public void remember(long ns) {
    rememberNs = ns;
  }

  /** A module's own view of the directory: each module numbers its threads' slots by itself. */
  public OfModule ofModule() {
    OfModule view = new OfModule();
    views.add(view);
    return view;
  }

  /** Takes the address of HotSpot's structure of the Java thread in a slot. */
  @FunctionalInterface
  public interface JavaThreads {
    /** Called whenever the thread in a slot is found to be one of Java's. */
    void found(int slot, long address);
  }

  /** Threads by the slots that one module has given them. */
  public final class OfModule {
    private Entry[] bySlot = new Entry[64];

    /** Slots of ids. An id that is given again has two, until that of the ended thread is free. */
    private final Map<Integer, Integer> latest = new HashMap<>();

    private IntPredicate isLive = slot -> true;
    private IntUnaryOperator idOf = slot -> 0;
    private JavaThreads javaThreads = (slot, address) -> {};

    /** Threads that have ended and whose records may still be in the log, by slot and id. */
    private final Map<Long, Ended> ended = new LinkedHashMap<>();

    private OfModule() {}

    /**
     * Returns what identifies a slot's thread as long as it has not ended. Its id may be given to
     * another one after that, and not before.
     */
    public void liveSlots(IntPredicate isSlotLive, IntUnaryOperator idOfSlot) {
      isLive = isSlotLive;
      idOf = idOfSlot;
    }

    /** Has the addresses of Java threads go there from now on. */
    public void javaThreads(JavaThreads all) {
      javaThreads = all;
    }

    private void put(int slot, Entry entry) {
      bySlot[slot] = entry;
      if (entry.thread != null && threads != null) {
        javaThreads.found(slot, threads.address(entry.thread));
      }
    }

    /**
     * Finds a thread to which something happened some time ago: it may have ended, and its slot and
     * its id may be those of others by now.
     *
     * @param atNs when, {@link System#nanoTime}
     */
    public Entry ofPast(int slot, int osThreadId, String kernelName, long atNs) {
      Ended known = ended.get(key(slot, osThreadId));
      if (known != null && atNs - known.endedNs <= 0) {
        return known.entry;
      }
      return isLive.test(slot) && idOf.applyAsInt(slot) == osThreadId
          ? of(slot, osThreadId, kernelName)
          : entry(osThreadId, null, kernelName);
    }

    private void remember(int slot, Entry entry) {
      long now = System.nanoTime();
      Iterator<Ended> oldest = ended.values().iterator();
      while (oldest.hasNext()
          && (ended.size() >= MOST_ENDED || now - oldest.next().endedNs > rememberNs)) {
        oldest.remove();
      }
      ended.put(key(slot, entry.osThreadId), new Ended(entry, now));
    }

    private static long key(int slot, int osThreadId) {
      return (long) slot << Integer.SIZE | osThreadId;
    }

    /**
     * Finds a thread.
     *
     * @param kernelName name to use if it has ended and was never seen; may be null
     */
    public Entry of(int slot, int osThreadId, String kernelName) {
      if (slot < 0 || slot > MOST_SLOTS) {
        throw new IllegalArgumentException("slot " + slot + " of thread " + osThreadId);
      }
      Entry entry = slot < bySlot.length ? bySlot[slot] : null;
      if (entry != null && entry.osThreadId == osThreadId) {
        if (entry.thread == null && retryIfDue()) {
          entry = bySlot[slot];
        }
        return entry;
      }
      if (slot >= bySlot.length) {
        bySlot = Arrays.copyOf(bySlot, Math.max(slot + 1, bySlot.length * 2));
      }
      Integer before = latest.put(osThreadId, slot);
      if (before != null && before != slot) {
        forgetEnded(osThreadId, bySlot[before]);
      }
      // The order matters: who is known by an id while its slot is live after that has that slot.
      Entry found = look(osThreadId, kernelName);
      put(slot, isLive.test(slot) ? found : ended(osThreadId, kernelName));
      return bySlot[slot];
    }

    // The id was given again: the known thread may still be the one that had it before.
    private void forgetEnded(int osThreadId, Entry ended) {
      Entry known = byId.get(osThreadId);
      if (known != null
          && (known.thread == null || ended == null || known.thread == ended.thread)) {
        byId.remove(osThreadId);
      }
    }

    // Not asked for while it lived: the id may be another one's by now.
    private Entry ended(int osThreadId, String lastKernelName) {
      Entry known = byId.get(osThreadId);
      return known != null && known.hasEnded() && isNamed(known, lastKernelName)
          ? known
          : entry(osThreadId, null, lastKernelName);
    }

    /**
     * Finds a thread that has ended.
     *
     * @param lastKernelName its name at its end: one that was born lately has got its own since
     */
    public Entry ofEnded(int slot, int osThreadId, String lastKernelName) {
      Entry entry = of(slot, osThreadId, lastKernelName);
      return entry.thread != null || lastKernelName == null
          ? entry
          : entry(osThreadId, null, lastKernelName);
    }

    /** Forgets the thread in a slot, because the slot will be given to another. */
    public void forget(int slot, int osThreadId) {
      if (slot < bySlot.length) {
        if (rememberNs > 0 && bySlot[slot] != null) {
          remember(slot, bySlot[slot]);
        }
        bySlot[slot] = null;
      }
      if (latest.remove(osThreadId, slot)) {
        byId.computeIfPresent(
            osThreadId, (id, known) -> known.thread == null || known.hasEnded() ? null : known);
      }
    }

    // One that has ended keeps its entry until its slot is given back: events may still come.
    private void update() {
      for (int slot = 0; slot < bySlot.length; slot++) {
        Entry entry = bySlot[slot];
        Entry now = entry == null ? null : byId.get(entry.osThreadId);
        if (now != null
            && (entry.thread == now.thread || entry.thread == null && isLive.test(slot))) {
          put(slot, now);
        }
      }
    }
  }

  /** Says that a new batch of records begins: looks again for threads that were not found. */
  public void beginBatch() {
    retryIfDue();
  }

  /**
   * Whether it is time to look again for a thread that was not found, which {@link #beginBatch}
   * does. Batches may be a second apart: a thread that was just being born would have no name and
   * no stacks until the next one, or would have ended.
   */
  public boolean isRetryDue() {
    return retryNs != 0 && System.nanoTime() - retryAtNs >= 0;
  }

  /** How long until {@link #isRetryDue}, nanoseconds; forever if every thread was found. */
  public long untilRetryNs() {
    return retryNs == 0 ? Long.MAX_VALUE : Math.max(0, retryAtNs - System.nanoTime());
  }

  /** Also within a batch: on a busy machine one can take as long as a thread lives. */
  private boolean retryIfDue() {
    if (!isRetryDue()) {
      return false;
    }
    refresh();
    retryIn(retryNs < LAST_RETRY_NS ? retryNs * 2 : 0);
    return true;
  }

  private void retryIn(long ns) {
    retryNs = ns;
    retryAtNs = System.nanoTime() + ns;
  }

  private Entry look(int osThreadId, String kernelName) {
    if (!byId.containsKey(osThreadId) && System.nanoTime() - refreshedAtNs >= REFRESH_NS) {
      refresh();
    }
    Entry entry = byId.get(osThreadId);
    if (entry != null && entry.hasEnded() && !isNamed(entry, kernelName)) {
      // Another module has asked for the one that had the id before.
      refresh();
      entry = byId.get(osThreadId);
    }
    if (entry != null) {
      return entry;
    }
    // Never later than a retry that is due: there is always another thread that is not found.
    if (retryNs == 0 || retryAtNs - System.nanoTime() > FIRST_RETRY_NS) {
      retryIn(FIRST_RETRY_NS);
    }
    String name = nameInProc(osThreadId);
    Entry unknown = entry(osThreadId, null, name != null ? name : kernelName);
    // Modules number threads each in its own way, so that the slots alone do not remember it.
    byId.put(osThreadId, unknown);
    return unknown;
  }

  // The kernel keeps the begin of a thread's name; one that is just born still has its parent's.
  private static boolean isNamed(Entry entry, String kernelName) {
    return kernelName != null && entry.name.startsWith(kernelName);
  }

  private Entry entry(int osThreadId, Thread thread, String name) {
    return new Entry(osThreadId, thread, name, watched.test(osThreadId, name == null ? "" : name));
  }

  /** Looks at all threads of this JVM again: new ones, ended ones and those that were renamed. */
  public void refresh() {
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
    views.forEach(OfModule::update);
    refreshedAtNs = System.nanoTime();
  }

  // Of the ways to list threads, this one needs neither a safepoint nor stack traces.
  static Thread[] liveThreads() {
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
      return KernelFile.comm(Path.of("/proc", Integer.toString(osThreadId)));
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
