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
 * @param culprits who kept threads of the contract from running, the costliest first
 */
public record Proof(
    CheckResult result, Map<ThreadRule, List<ThreadId>> threads, List<Task> culprits) {
  /** Copies the collections. */
  public Proof {
    threads = Map.copyOf(threads);
    culprits = List.copyOf(culprits);
  }

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
