package latencyscope.analysis.number;

import latencyscope.recording.ClockRelation;

/** Says what ties the times of two recordings together. */
public final class ClockWords {
  private ClockWords() {}

  /** What does, and how exact that is: a clause. */
  public static String of(ClockRelation clocks) {
    String error =
        clocks.errorNs().isPresent()
            ? "error up to " + Numbers.time(clocks.errorNs().getAsLong())
            : "error not recorded";
    return clocks.oneBoot()
        ? "CLOCK_MONOTONIC of one boot, " + error
        : "the wall clock, "
            + error
            + " beside the distance of both hosts' wall clocks, which"
            + " recordings do not know";
  }
}
