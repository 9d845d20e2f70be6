package latencyscope.bpf.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import latencyscope.bpf.ffm.Libc;

/**
 * What the kernel knows of how exact the host's wall clock is: what NTP or PTP reports to it by
 * {@code adjtimex(2)}. Immutable.
 *
 * @param isSynchronized whether something keeps the clock in step with others
 * @param offsetNs what is still to be corrected, nanoseconds
 * @param maximumErrorNs bound of the error, which grows until the next correction, nanoseconds
 * @param estimatedErrorNs what the error is likely to be, nanoseconds
 * @param status the bits {@code STA_*}
 */
public record WallClock(
    boolean isSynchronized, long offsetNs, long maximumErrorNs, long estimatedErrorNs, int status) {
  /** Bytes of {@code struct timex}, where a long has 64 bits. */
  static final int BYTES = 208;

  // Where its fields are.
  static final int OFFSET = 8;
  static final int MAXIMUM_ERROR = 24;
  static final int ESTIMATED_ERROR = 32;
  static final int STATUS = 40;

  private static final int TIME_ERROR = 5;
  private static final int STA_UNSYNC = 0x40;
  private static final int STA_NANO = 0x2000;
  private static final long NS_PER_US = 1_000;

  /** Asks the kernel and changes nothing; empty if it refuses, as a container's filter may. */
  public static Optional<WallClock> read() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment timex = arena.allocate(BYTES, Long.BYTES); // modes is 0: nothing is set
      int state = Libc.adjtimex(timex);
      return state < 0 ? Optional.empty() : Optional.of(of(state, timex));
    }
  }

  /**
   * What an answer says.
   *
   * @param state what the call returned
   * @param timex what it filled
   */
  static WallClock of(int state, MemorySegment timex) {
    int status = timex.get(ValueLayout.JAVA_INT, STATUS);
    long offset = timex.get(ValueLayout.JAVA_LONG, OFFSET);
    return new WallClock(
        state != TIME_ERROR && (status & STA_UNSYNC) == 0,
        (status & STA_NANO) != 0 ? offset : offset * NS_PER_US,
        timex.get(ValueLayout.JAVA_LONG, MAXIMUM_ERROR) * NS_PER_US,
        timex.get(ValueLayout.JAVA_LONG, ESTIMATED_ERROR) * NS_PER_US,
        status);
  }
}
