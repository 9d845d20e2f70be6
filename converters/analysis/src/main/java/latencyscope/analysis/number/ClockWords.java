package latencyscope.analysis.number;

import latencyscope.recording.ClockRelation;
import latencyscope.recording.WallClocks;

/** Says what ties the times of two recordings together. */
public final class ClockWords {
  private ClockWords() {}

  /** What does, and how exact that is: a clause. */
  public static String of(ClockRelation clocks) {
    String error =
        clocks.errorNs().isPresent()
            ? "error up to " + Numbers.time(clocks.errorNs().getAsLong())
            : "error not recorded";
    if (clocks.oneBoot()) {
      return "CLOCK_MONOTONIC of one boot, " + error;
    }
    return "the wall clock, "
        + error
        + " beside the distance of both hosts' wall clocks, "
        + apart(clocks.wallClocks());
  }

  private static String apart(WallClocks clocks) {
    if (clocks.apartNs().isPresent()) {
      return "at most "
          + Numbers.time(clocks.apartNs().getAsLong())
          + " as NTP or PTP reports to their kernels";
    }
    return clocks.unsynchronized()
        ? "which is not known: nothing synchronizes one of them"
        : "which recordings do not know";
  }
}
