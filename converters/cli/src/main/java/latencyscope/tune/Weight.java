package latencyscope.tune;

import java.util.Set;
import java.util.stream.Collectors;
import latencyscope.contract.Bound;
import latencyscope.contract.Contract;
import latencyscope.contract.Contract.Clause;
import latencyscope.contract.Measure;
import latencyscope.contract.Outcome;
import latencyscope.contract.check.ClauseResult;
import latencyscope.tune.Proof.Culprit;

/**
 * Which culprits matter to the clauses that are violated: a busy host has many that cost a thread a
 * little, and moving them all would disturb more than it helps.
 *
 * @param longest shorter waits break no bound on a length, nanoseconds
 * @param counted whether a number of occurrences is limited, so that each one matters
 */
record Weight(long totalNs, long longest, boolean counted) {
  /** Of all that a thread waited, what one has to cost it. */
  private static final double SHARE = 0.1;

  static Weight of(Contract contract, Proof proof) {
    Set<Integer> violated =
        proof.result().clauses().stream()
            .filter(clause -> clause.outcome() == Outcome.VIOLATED)
            .map(ClauseResult::line)
            .collect(Collectors.toSet());
    long longest = Long.MAX_VALUE;
    boolean counted = false;
    for (Contract.ThreadRule rule : contract.threads()) {
      for (Clause clause : rule.clauses()) {
        boolean ofTime =
            clause.measure() == Measure.RUNQUEUE_WAIT || clause.measure() == Measure.PREEMPTIONS;
        if (ofTime && violated.contains(clause.line())) {
          counted |= clause.bound() instanceof Bound.Most;
          longest = Math.min(longest, length(clause.bound()));
        }
      }
    }
    long total = proof.culprits().stream().mapToLong(Culprit::totalNs).sum();
    return new Weight(total, longest, counted);
  }

  private static long length(Bound bound) {
    return bound instanceof Bound.Longest of
        ? of.ns()
        : bound instanceof Bound.Percentile of ? of.ns() : Long.MAX_VALUE;
  }

  /** Whether a culprit matters. */
  boolean has(Culprit culprit) {
    return counted || culprit.worstNs() > longest || culprit.totalNs() >= SHARE * totalNs;
  }
}
