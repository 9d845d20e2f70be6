package latencyscope.recording.fact;

import java.util.Optional;
import latencyscope.proc.CpuSet;

/**
 * To which CPUs and threads a capture was limited.
 *
 * @param cpus empty for all
 * @param threads globs of thread names, joined with {@code +}; empty for all
 */
public record Scope(CpuSet cpus, String threads) {
  /** The scope of a capture. */
  public static Scope of(CaptureInfo capture) {
    return new Scope(capture.cpus(), capture.threads() == null ? "" : capture.threads());
  }

  /** Whether it leaves nothing out. */
  public boolean isAll() {
    return cpus.isEmpty() && threads.isEmpty();
  }

  /**
   * What was left out, and which options bring it in, in a sentence without its full stop; empty if
   * nothing was.
   */
  public Optional<String> limits() {
    if (isAll()) {
      return Optional.empty();
    }
    boolean one = cpus.size() == 1 && threads.isEmpty();
    String captured =
        "only "
            + (threads.isEmpty() ? "" : "threads " + threads + (cpus.isEmpty() ? "" : " on "))
            + (cpus.isEmpty() ? "" : cpuWords())
            + (one ? " was captured" : " were captured");
    return Optional.of(captured + "; capture without " + options() + " to include the rest");
  }

  /** Such as {@code CPUs 4-7}. */
  public String cpuWords() {
    return (cpus.size() == 1 ? "CPU " : "CPUs ") + cpus;
  }

  /** The options that limit it, as the command line and the agent call them. */
  public String options() {
    String ofCpus = "--cpus (agent: cpus=)";
    String ofThreads = "the agent's threads=";
    return threads.isEmpty() ? ofCpus : cpus.isEmpty() ? ofThreads : ofCpus + " and " + ofThreads;
  }
}
