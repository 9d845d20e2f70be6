package latencyscope.recording;

import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * How times of one recording are put on the clock of another. Immutable.
 *
 * <p>Of one host between two boots, CLOCK_MONOTONIC is the same for all processes: it ties the two
 * together, whatever the wall clock did. Other recordings have only the wall clock in common.
 *
 * @param oneBoot whether CLOCK_MONOTONIC ties the two together
 * @param shift what to add to a time of the second to get it on the first one's clock, nanoseconds
 * @param errorNs largest error of that as far as the recordings know it, nanoseconds; empty if they
 *     do not. Of two hosts, without the distance of their wall clocks
 * @param wallClocks how far the wall clocks of two hosts can be apart
 */
public record ClockRelation(
    boolean oneBoot, long shift, OptionalLong errorNs, WallClocks wallClocks) {
  /** Name of the host fact that is another one for each boot. */
  public static final String BOOT_ID = "boot_id";

  private static final String HOST_NAME = "hostname";

  /** A reboot takes longer; corrections of the wall clock are smaller. */
  private static final long SAME_BOOT_NS = TimeUnit.SECONDS.toNanos(10);

  /** That of a recording to itself. */
  public static final ClockRelation ITSELF =
      new ClockRelation(true, 0, OptionalLong.of(0), WallClocks.SAME);

  /**
   * Compares two recordings.
   *
   * @param first whose clock is used
   * @param second whose times are put on it
   */
  public static ClockRelation of(Recording first, Recording second) {
    OptionalLong from = first.monotonicOffset();
    OptionalLong to = second.monotonicOffset();
    boolean known = from.isPresent() && to.isPresent();
    long shift = known ? from.getAsLong() - to.getAsLong() : 0;
    boolean oneBoot = known && isOneHost(first, second, shift);
    return new ClockRelation(
        oneBoot,
        oneBoot ? shift : 0,
        error(first, second),
        oneBoot ? WallClocks.SAME : WallClocks.of(first, second));
  }

  // Recordings before 0.3 say neither name nor boot.
  private static boolean isOneHost(Recording first, Recording second, long shift) {
    String boot = first.hostFacts().get(BOOT_ID);
    String other = second.hostFacts().get(BOOT_ID);
    if (boot != null && other != null) {
      return boot.equals(other);
    }
    return Objects.equals(name(first), name(second))
        && Objects.equals(first.host().kernel(), second.host().kernel())
        && Math.abs(shift) <= SAME_BOOT_NS;
  }

  private static OptionalLong error(Recording first, Recording second) {
    OptionalLong one = first.clock().errorNs();
    OptionalLong other = second.clock().errorNs();
    return one.isEmpty() || other.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(
            one.getAsLong() + other.getAsLong() + first.wallDriftNs() + second.wallDriftNs());
  }

  /** The largest error with all that adds to it; empty if some of it is not known. */
  public OptionalLong wholeErrorNs() {
    OptionalLong apart = wallClocks.apartNs();
    return errorNs.isEmpty() || apart.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(errorNs.getAsLong() + apart.getAsLong());
  }

  /** The name of a recording's host; null if it does not say. */
  public static String name(Recording recording) {
    return recording.hostFacts().get(HOST_NAME);
  }
}
