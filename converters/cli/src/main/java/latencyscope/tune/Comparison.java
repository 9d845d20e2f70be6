package latencyscope.tune;

import java.util.List;
import latencyscope.contract.Outcome;
import latencyscope.contract.check.CheckResult;
import latencyscope.contract.check.ClauseResult;

/** Whether one result of a contract is better than another of the same contract. */
final class Comparison {
  /** Less than half as much is no chance: two captures of the same differ less. */
  private static final double HALF = 0.5;

  private Comparison() {}

  /**
   * Whether no clause became worse, and one became better: a violated one is no longer, on
   * evidence, or has at most half as much of what it limits.
   */
  static boolean isBetter(CheckResult before, CheckResult after) {
    List<ClauseResult> first = before.clauses();
    List<ClauseResult> second = after.clauses();
    boolean better = false;
    for (int i = 0; i < first.size(); i++) {
      if (improves(second.get(i), first.get(i))) {
        return false;
      }
      better |= improves(first.get(i), second.get(i));
    }
    return better;
  }

  private static boolean improves(ClauseResult from, ClauseResult to) {
    if (from.outcome() != Outcome.VIOLATED) {
      return false;
    }
    return to.outcome() == Outcome.VIOLATED
        ? to.amount() <= HALF * from.amount()
        : to.outcome() == Outcome.PASSED;
  }
}
