package latencyscope.analysis.remedy;

import latencyscope.proc.CpuSet;
import latencyscope.recording.Recording;

/** The CPUs that are meant for the target alone: those that were given, and the isolated ones. */
public final class GuardedCpus {
  private GuardedCpus() {}

  /** Which they are; empty if there are none. */
  public static CpuSet of(Recording recording) {
    return recording.capture().cpus().plus(recording.host().isolated());
  }

  /** What they are called: isolated only if the host isolates all of them. */
  public static String words(Recording recording) {
    boolean isolated = recording.host().isolated().containsAll(of(recording));
    return isolated ? "isolated CPUs" : "monitored CPUs";
  }
}
