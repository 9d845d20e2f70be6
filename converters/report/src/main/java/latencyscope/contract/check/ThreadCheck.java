package latencyscope.contract.check;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import latencyscope.analysis.Report;
import latencyscope.analysis.finding.Finding;
import latencyscope.contract.Bound;
import latencyscope.contract.Contract;
import latencyscope.contract.Contract.Clause;
import latencyscope.contract.Contract.ThreadRule;
import latencyscope.contract.Measure;
import latencyscope.contract.Outcome;
import latencyscope.recording.Nanos;
import latencyscope.recording.thread.ThreadId;

/** Checks one limit on one thread. */
final class ThreadCheck {
  private final Contract contract;
  private final Report report;
  private final Facts facts;
  private final Excuses excuses;
  private final Noise noise;

  ThreadCheck(Contract contract, Report report, Facts facts, Excuses excuses, Noise noise) {
    this.contract = contract;
    this.report = report;
    this.facts = facts;
    this.excuses = excuses;
    this.noise = noise;
  }

  ClauseResult check(ThreadRule rule, Clause clause, ThreadId thread) {
    Measure measure = clause.measure();
    Bound bound = clause.bound();
    long ns = facts.capturedNs(measure);
    Occurrences seen = facts.of(thread, measure);
    Optional<String> whyNot = facts.whyNot(measure, bound);
    String who =
        measure.isOfProcess() ? "the process" : thread.name() + " (" + thread.osTid() + ")";
    String found =
        who
            + ": "
            + measure.words(seen.count())
            + " in "
            + Nanos.words(ns)
            + (seen.lengths().count() > 0 ? ", longest " + Nanos.words(seen.lengths().max()) : "");
    Optional<Finding> worst = worst(thread, measure);
    String blamed =
        worst
            .map(Finding::culpritInWords)
            .map(culprit -> found + "; costliest culprit: " + culprit)
            .orElse(found);
    ClauseResult.Window window =
        measure.isOfProcess()
            ? null
            : noise
                .worst(thread, measure)
                .orElse(new ClauseResult.Window(thread.name(), Long.MIN_VALUE, Long.MAX_VALUE));
    Result result =
        new Result(
            rule,
            clause,
            thread,
            Facts.words(measure, bound, seen, ns),
            Facts.amount(bound, seen, ns),
            worst,
            window);
    return switch (Judgement.of(bound, seen, ns)) {
      case UNSURE -> result.inconclusive(found + "; too few to know whether the bound holds");
      case BROKEN -> broken(result, seen, blamed, whyNot);
      case KEPT -> {
        if (whyNot.isPresent()) {
          yield result.inconclusive(whyNot.get());
        } else if (ns < contract.minimumTime().toNanos()) {
          yield result.inconclusive(
              "captured "
                  + Nanos.words(ns)
                  + "; the contract requires "
                  + Nanos.words(contract.minimumTime().toNanos()));
        } else if (bound instanceof Bound.Percentile p && seen.count() < p.samples()) {
          yield result.inconclusive(found + "; the contract requires " + p.samples());
        }
        yield result.of(Outcome.PASSED, found);
      }
    };
  }

  private ClauseResult broken(
      Result result, Occurrences seen, String blamed, Optional<String> whyNot) {
    Clause clause = result.clause();
    // A percentile of a part is no percentile; a sum only grows.
    if (clause.bound() instanceof Bound.Percentile && whyNot.isPresent()) {
      return result.inconclusive(whyNot.get());
    }
    long ns = facts.capturedNs(clause.measure());
    Reserved reserved = excuses.reserved(result.thread(), result.rule().cpus());
    Excuses.Excuse excuse = excuses.of(result.thread(), clause.measure(), reserved);
    if (excuse.count() > 0) {
      Occurrences rest = seen.without(excuse.lengths(), excuse.count());
      if (Judgement.of(clause.bound(), rest, ns) != Judgement.BROKEN) {
        return result.inconclusive(
            blamed + "; without " + excuse.who() + ", outside the target, the bound holds");
      }
    }
    Optional<String> steal = excuses.steal(clause, seen, ns, reserved);
    return steal.isPresent()
        ? result.inconclusive(blamed + "; " + steal.get())
        : result.of(Outcome.VIOLATED, blamed);
  }

  /** The finding that cost a thread most of what a measure is about. */
  private Optional<Finding> worst(ThreadId thread, Measure measure) {
    return report.findings().stream()
        .filter(finding -> finding.kind() == measure.kind() && !finding.isNote())
        .filter(finding ->
            measure.isOfProcess()
                || finding.thread() != null && finding.thread().osTid() == thread.osTid())
        .max(Comparator.comparingLong(finding -> finding.cost().totalOrZero()));
  }

  /** Makes results of one clause. */
  private record Result(
      ThreadRule rule,
      Clause clause,
      ThreadId thread,
      String measured,
      double amount,
      Optional<Finding> finding,
      ClauseResult.Window window) {
    ClauseResult inconclusive(String why) {
      return of(Outcome.INCONCLUSIVE, why);
    }

    ClauseResult of(Outcome outcome, String evidence) {
      String remedy = outcome == Outcome.PASSED ? null : finding.map(Finding::remedy).orElse(null);
      return new ClauseResult(
          rule.names().text(),
          clause.measure().key(),
          clause.bound().words(),
          measured,
          outcome,
          evidence,
          remedy,
          clause.line(),
          window,
          amount);
    }
  }

  /** The answer where no thread has such a name. */
  static List<ClauseResult> nobody(ThreadRule rule, String key, String wanted, int line) {
    return List.of(
        new ClauseResult(
            rule.names().text(),
            key,
            wanted,
            null,
            Outcome.INCONCLUSIVE,
            "no thread named " + rule.names().text() + " is in the recording",
            null,
            line));
  }
}
