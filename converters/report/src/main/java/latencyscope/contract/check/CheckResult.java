package latencyscope.contract.check;

import java.util.List;
import latencyscope.contract.Contract;
import latencyscope.contract.Outcome;

/**
 * What came of a contract.
 *
 * @param clauses in the order of the contract
 * @param target what was checked, in words
 * @param capturedNs time that the recording covers
 */
public record CheckResult(
    Contract contract, List<ClauseResult> clauses, String target, long capturedNs) {
  private static final int VIOLATED = 2;
  private static final int INCONCLUSIVE = 4;

  /** Copies the list. */
  public CheckResult {
    clauses = List.copyOf(clauses);
  }

  /** How many clauses had an outcome. */
  public long count(Outcome outcome) {
    return clauses.stream().filter(clause -> clause.outcome() == outcome).count();
  }

  /** The worst outcome. */
  public Outcome outcome() {
    return clauses.stream()
        .map(ClauseResult::outcome)
        .filter(outcome -> outcome != Outcome.EXCEPTED)
        .max(Outcome::compareTo)
        .orElse(Outcome.PASSED);
  }

  /**
   * 2 if a clause was violated, 4 if none was but one is inconclusive, else 0.
   *
   * @param strict whether inconclusive counts as violated
   */
  public int exitCode(boolean strict) {
    return switch (outcome()) {
      case VIOLATED -> VIOLATED;
      case INCONCLUSIVE -> strict ? VIOLATED : INCONCLUSIVE;
      default -> 0;
    };
  }
}
