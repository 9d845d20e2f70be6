package latencyscope.agent.module;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import latencyscope.bpf.error.BpfException;
import latencyscope.bpf.error.Refusal;
import latencyscope.bpf.ffm.Libc;
import latencyscope.bpf.libbpf.LoadedObject;
import latencyscope.bpf.ring.RecordHandler;
import latencyscope.bpf.ring.RingReader;

/**
 * Sleeps until a module's programs have something that cannot wait, or another thread of ours has.
 * The kernel side is {@code wakeup.bpf.h}.
 *
 * <p>Looking fifty times a second instead costs about 1 % of a CPU, a third of it for going to
 * sleep. Allocates nothing while it is used. Used by one thread, except for {@link #wake}, which
 * any thread may call.
 */
final class Wakeups implements AutoCloseable {
  private static final String RING = "ls_wakeups";
  private static final String SLEEPS = "reader_sleeps";

  /** {@code struct pollfd}: int fd, short events, short revents. */
  private static final long POLLFD_BYTES = 8;

  private static final long REVENTS = 6;
  private static final short POLLIN = 1;
  private static final long MS = 1_000_000;

  private final LongSupplier kernelNow;
  private final Arena arena = Arena.ofShared();
  private final List<RingReader> rings = new ArrayList<>();
  private final List<MemorySegment> sleeps = new ArrayList<>();
  private final RecordHandler earliest = this::takeTime;
  private final MemorySegment polled;
  private final MemorySegment one = arena.allocate(JAVA_LONG);
  private final MemorySegment read = arena.allocate(JAVA_LONG);
  private final int event;
  private boolean closed;

  /** When the pause was to end, nanoseconds of the kernel's clock. */
  private long endNs;

  /**
   * Opens what wakes a thread of ours.
   *
   * @param objects of all modules
   * @param kernelNow the kernel's CLOCK_MONOTONIC, nanoseconds
   * @throws BpfException if there is no room for another file descriptor
   */
  Wakeups(List<LoadedObject> objects, LongSupplier kernelNow) throws BpfException {
    this.kernelNow = kernelNow;
    one.set(JAVA_LONG, 0, 1);
    polled = arena.allocate((objects.size() + 1) * POLLFD_BYTES, Long.BYTES);
    event = Refusal.check("make an event counter", Libc.eventFd());
    try {
      add(event);
      for (LoadedObject object : objects) {
        sleeps.add(object.variable(SLEEPS));
        rings.add(object.ring(RING));
        add(object.map(RING).fd());
      }
    } catch (BpfException e) {
      close();
      throw e;
    }
  }

  private void add(int fd) {
    long entry = rings.size() * POLLFD_BYTES;
    polled.set(JAVA_INT, entry, fd);
    polled.set(JAVA_SHORT, entry + Integer.BYTES, POLLIN);
  }

  /**
   * Has the programs wake this thread from now on. What happened before they do not know: that is
   * to be looked at after this, and before the sleep.
   */
  void arm() {
    sleeps(1);
    VarHandle.fullFence(); // the look must not come before it
  }

  /** Has the programs wake nobody. */
  void disarm() {
    sleeps(0);
  }

  private void sleeps(long value) {
    for (int i = 0; i < sleeps.size(); i++) {
      sleeps.get(i).set(JAVA_LONG, 0, value);
    }
  }

  /**
   * Sleeps until it is woken.
   *
   * @param ns how long at most, nanoseconds
   * @return after how many nanoseconds it was to end: sooner if a program woke it
   */
  long await(long ns) {
    long startNs = kernelNow.getAsLong();
    endNs = startNs + ns;
    Libc.poll(polled, rings.size() + 1, Math.toIntExact((ns + MS - 1) / MS));
    disarm();
    if (polled.get(JAVA_SHORT, REVENTS) != 0) {
      Libc.read(event, read); // sets it back to 0
    }
    for (int i = 0; i < rings.size(); i++) {
      try {
        rings.get(i).drain(earliest, Integer.MAX_VALUE);
      } catch (BpfException e) {
        // The reader goes on behind it; a record says no more than that there is something.
      }
    }
    return Math.max(endNs - startNs, 0); // one may be from before
  }

  private void takeTime(MemorySegment data, long offset, int length) {
    endNs = Math.min(endNs, data.get(JAVA_LONG, offset));
  }

  /** Wakes it now, or when it is about to sleep. */
  synchronized void wake() {
    if (!closed) {
      Libc.write(event, one);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    Libc.close(event);
    arena.close();
  }
}
