package latencyscope.recording;

import java.util.OptionalLong;

/**
 * How far the wall clocks of two hosts can be apart: the sum of what their kernels say of their
 * errors, which NTP or PTP reports. Immutable.
 *
 * @param apartNs nanoseconds; empty if one of the kernels does not know, or its recording
 * @param unsynchronized whether a kernel says that nothing keeps its clock in step with others
 */
public record WallClocks(OptionalLong apartNs, boolean unsynchronized) {
  /** What the names of all these host facts begin with. */
  public static final String FACT = "wall_clock";

  /** Those of one host. */
  static final WallClocks SAME = new WallClocks(OptionalLong.of(0), false);

  private static final String SYNCHRONIZED = "synchronized";
  private static final String MAXIMUM_ERROR = FACT + "_maximum_error_ns";

  static WallClocks of(Recording first, Recording second) {
    OptionalLong one = error(first);
    OptionalLong other = error(second);
    return new WallClocks(
        one.isEmpty() || other.isEmpty()
            ? OptionalLong.empty()
            : OptionalLong.of(one.getAsLong() + other.getAsLong()),
        isUnsynchronized(first) || isUnsynchronized(second));
  }

  /** Whether a host fact is another one at each moment: what to compare hosts by is the others. */
  public static boolean isMomentary(String fact) {
    return fact.startsWith(FACT + "_");
  }

  private static boolean isUnsynchronized(Recording recording) {
    String state = recording.hostFacts().get(FACT);
    return state != null && !state.equals(SYNCHRONIZED);
  }

  private static OptionalLong error(Recording recording) {
    String error = recording.hostFacts().get(MAXIMUM_ERROR);
    boolean known = error != null && error.matches("[0-9]{1,18}") && !isUnsynchronized(recording);
    return known ? OptionalLong.of(Long.parseLong(error)) : OptionalLong.empty();
  }
}
