package latencyscope.analysis;

import latencyscope.recording.CpuSet;
import latencyscope.recording.Recording;

/** The CPUs that are meant for the target alone: those that were given, and the isolated ones. */
final class GuardedCpus {
  private GuardedCpus() {}

  /** Which they are; empty if there are none. */
  static CpuSet of(Recording recording) {
    return recording.capture().cpus().plus(recording.host().isolated());
  }

  /** What they are called: isolated only if the host isolates all of them. */
  static String words(Recording recording) {
    boolean isolated = recording.host().isolated().containsAll(of(recording));
    return isolated ? "isolated CPUs" : "monitored CPUs";
  }
}
