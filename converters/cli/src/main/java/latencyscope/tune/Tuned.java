package latencyscope.tune;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import latencyscope.contract.check.CheckResult;

/**
 * What came of a plan.
 *
 * @param after the contract with what was kept
 * @param fates what became of each step, in the order of the plan
 * @param failures what could not be written, or not be given back, as sentences
 */
public record Tuned(
    CheckResult before, CheckResult after, Map<Step, Fate> fates, List<String> failures) {
  /** What became of a step. */
  enum Fate {
    /** It helped. */
    KEPT,
    /** It did not, and was taken back. */
    REVERTED,
    /** None of its values could be written. */
    FAILED
  }

  /** Copies the collections. */
  public Tuned {
    fates = Collections.unmodifiableMap(new LinkedHashMap<>(fates));
    failures = List.copyOf(failures);
  }
}
