package latencyscope.tune;

import java.util.List;
import java.util.Map;
import latencyscope.analysis.finding.Task;
import latencyscope.cli.console.UserError;
import latencyscope.contract.Contract.ThreadRule;
import latencyscope.contract.check.CheckResult;
import latencyscope.recording.thread.ThreadId;

/**
 * What one capture says of a contract.
 *
 * @param result clause by clause
 * @param threads the threads that each rule is about
 * @param culprits who kept threads of the contract from running
 */
public record Proof(
    CheckResult result, Map<ThreadRule, List<ThreadId>> threads, List<Culprit> culprits) {
  /** Copies the collections. */
  public Proof {
    threads = Map.copyOf(threads);
    culprits = List.copyOf(culprits);
  }

  /**
   * Who kept a thread of the contract from running.
   *
   * @param count how often
   * @param totalNs for how long in all
   * @param worstNs the longest
   */
  public record Culprit(Task task, long count, long totalNs, long worstNs) {}

  /** Captures the target and checks its contract. */
  public interface Prover {
    /**
     * Captures once more.
     *
     * @throws UserError if nothing can be captured, the target has ended, or the user had enough
     */
    Proof prove() throws UserError;
  }
}
