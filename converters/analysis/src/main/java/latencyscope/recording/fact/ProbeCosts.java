package latencyscope.recording.fact;

/**
 * What a probe cost over the whole capture, by the kernel's account.
 *
 * @param module module to which it belongs
 * @param probe name of the BPF program, or {@code drain} for the thread that empties the rings
 * @param runs number of runs; -1 if the kernel did not count them
 * @param timeNs nanoseconds spent; -1 if the kernel did not count them
 * @param missed runs that the kernel left out
 */
public record ProbeCosts(String module, String probe, long runs, long timeNs, long missed) {
  public ProbeCosts plus(ProbeCosts more) {
    return new ProbeCosts(
        module, probe, sum(runs, more.runs), sum(timeNs, more.timeNs), missed + more.missed);
  }

  // Half a sum would look like a whole one.
  private static long sum(long a, long b) {
    return a < 0 || b < 0 ? -1 : a + b;
  }
}
