package latencyscope.guest.event;

import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import jdk.jfr.Event;
import latencyscope.jfr.Schema;
import latencyscope.jfr.capture.ClockSync;
import latencyscope.proc.KernelFile;

/**
 * Converts the kernel's CLOCK_MONOTONIC to ticks of the flight recorder.
 *
 * <p>A pair of both clocks is taken by reading {@link System#nanoTime} just before and just after
 * the tick clock, many times, and keeping the tightest; half its width bounds the error. The rate
 * comes from pairs that lie far apart and is renewed by {@link #calibrate}, which is to be called
 * about once a second. Used by one thread at a time.
 */
public final class TickClock {
  private static final int BURST = 64;

  /** Shorter than this, a rate would be no better than the assumed one. */
  private static final long RATE_BASE_NS = 100_000_000;

  /** Whether ticks are nanoseconds of the kernel's clock. */
  private final boolean ofKernel;

  /** Null until one of our events has been instrumented. */
  private TickSource source;

  private final long namespaceOffsetNs;

  private long anchorTicks;
  private long anchorNs;
  private long firstTicks;
  private long firstNs;
  private double ticksPerNs = 1;
  private long uncertaintyNs = Long.MAX_VALUE;

  public TickClock() {
    this(monotonicOffsetNs());
  }

  public TickClock(long namespaceOffsetNs) {
    this(namespaceOffsetNs, false);
  }

  private TickClock(long namespaceOffsetNs, boolean ofKernel) {
    this.namespaceOffsetNs = namespaceOffsetNs;
    this.ofKernel = ofKernel;
    anchorNs = ofKernel ? namespaceOffsetNs : 0;
  }

  /** A clock whose ticks are the kernel's nanoseconds: of a host without a recorder. */
  public static TickClock ofKernel() {
    return new TickClock(monotonicOffsetNs(), true);
  }

  /**
   * The only public way to the tick clock: begin() writes it into an event.
   *
   * @param event any that a recording has had enabled
   * @param field of its begin
   */
  private record TickSource(Event event, VarHandle field) {
    static TickSource of(Class<? extends Event> type) {
      try {
        return new TickSource(
            type.getDeclaredConstructor().newInstance(), ImplicitFields.startTime(type));
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(type + " is no event like the others", e);
      }
    }

    long ticks() {
      event.begin();
      return (long) field.get(event);
    }
  }

  /**
   * Takes a new pair of both clocks.
   *
   * @return false as long as no recording has instrumented our events: there is no tick clock yet
   */
  public boolean calibrate() {
    if (ofKernel) {
      return true;
    }
    if (!findSource()) {
      return false;
    }
    long bestWidth = Long.MAX_VALUE;
    long ticks = 0;
    long ns = 0;
    for (int i = 0; i < BURST; i++) {
      long before = System.nanoTime();
      long tick = source.ticks();
      long after = System.nanoTime();
      if (after - before < bestWidth) {
        bestWidth = after - before;
        ticks = tick;
        ns = before + (after - before) / 2;
      }
    }
    if (firstTicks == 0) {
      firstTicks = ticks;
      firstNs = ns;
    } else if (ns - firstNs > RATE_BASE_NS) {
      ticksPerNs = (double) (ticks - firstTicks) / (ns - firstNs);
    }
    anchorTicks = ticks;
    anchorNs = ns;
    uncertaintyNs = (bestWidth + 1) / 2;
    return true;
  }

  /** Ticks at an instant of the kernel's CLOCK_MONOTONIC in nanoseconds. */
  public long ticksAt(long kernelNs) {
    return anchorTicks + ticksIn(kernelNs + namespaceOffsetNs - anchorNs);
  }

  /** Ticks in a number of nanoseconds. */
  public long ticksIn(long ns) {
    return ticksPerNs == 1 ? ns : Math.round(ns * ticksPerNs);
  }

  /** Nanoseconds in a number of ticks. */
  public long nsIn(long ticks) {
    return ticksPerNs == 1 ? ticks : Math.round(ticks / ticksPerNs);
  }

  /** The kernel's CLOCK_MONOTONIC now, in nanoseconds. */
  public long kernelNow() {
    return System.nanoTime() - namespaceOffsetNs;
  }

  /** {@link System#nanoTime} at an instant of the kernel's clock. */
  public long nanoTimeAt(long kernelNs) {
    return kernelNs + namespaceOffsetNs;
  }

  /** Ticks now, by the kernel's clock. */
  public long nowTicks() {
    return ticksAt(kernelNow());
  }

  /** Commits the newest pair as an event. */
  public void report() {
    ClockSync event = new ClockSync();
    event.recorderTime = anchorTicks;
    event.ticks = anchorTicks;
    event.monotonic = anchorNs - namespaceOffsetNs;
    event.uncertainty = uncertaintyNs;
    event.commit();
  }

  // Whichever event the recording wants: one that none has had enabled yet is not instrumented.
  private boolean findSource() {
    if (source != null) {
      return true;
    }
    for (Class<? extends Event> type : Schema.events()) {
      TickSource candidate = TickSource.of(type);
      if (candidate.ticks() != 0) {
        source = candidate;
        return true;
      }
    }
    return false;
  }

  /** In a time namespace (a container), nanoTime is shifted against what BPF programs read. */
  private static long monotonicOffsetNs() {
    try {
      for (String line : KernelFile.lines(Path.of("/proc/self/timens_offsets"))) {
        String[] words = line.strip().split("\\s+");
        if (words[0].equals("monotonic")) {
          return Long.parseLong(words[1]) * 1_000_000_000L + Long.parseLong(words[2]);
        }
      }
    } catch (IOException | RuntimeException e) {
      // Before Linux 5.6 (769071ac9f20), or without time namespaces: there is no shift.
    }
    return 0;
  }
}
