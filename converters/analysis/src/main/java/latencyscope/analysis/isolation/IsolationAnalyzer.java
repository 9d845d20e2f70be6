package latencyscope.analysis.isolation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import latencyscope.analysis.GroupRemarks;
import latencyscope.analysis.ModuleAnalyzer;
import latencyscope.analysis.ModuleReport;
import latencyscope.analysis.Percentiles;
import latencyscope.analysis.Quantiles;
import latencyscope.analysis.Table;
import latencyscope.analysis.Verdict;
import latencyscope.analysis.finding.Finding;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.recording.Recording;
import latencyscope.recording.thread.ThreadId;

/** Judges whether the target had its CPUs for itself. Not safe for use by several threads. */
public final class IsolationAnalyzer extends ModuleAnalyzer<IsolationEvents> {
  /** Creates an analyzer that has seen nothing. */
  public IsolationAnalyzer() {
    super(new IsolationEvents());
  }

  @Override
  public ModuleReport report(Recording recording) {
    IsolationFacts facts = new IsolationFacts(recording);
    IsolationFindings found = new IsolationFindings(recording, facts, events);
    List<Finding> findings = found.all();
    List<Verdict> verdicts = new IsolationVerdicts(facts, events, found, recording).all();
    int violations = Verdict.violations(verdicts);
    return new ModuleReport(
        IsolationFacts.MODULE,
        "ISOLATION VERIFIER",
        verdicts,
        List.of(
            new Quantiles("Runqueue latency", EventTypes.RUN_QUEUE_WAIT, facts.waits),
            new Quantiles("Wait after preemption", EventTypes.RUN_QUEUE_WAIT, facts.preempted)),
        List.of(
            recording.accounts(IsolationFacts.MODULE).isPresent()
                ? counted(facts, recording)
                : table(facts, recording)),
        remarks(facts, recording, findings.size()),
        findings.subList(0, Math.min(MAX_FINDINGS, findings.size())),
        new IsolationMetrics(facts, events, recording).of(violations));
  }

  private static List<String> remarks(IsolationFacts facts, Recording recording, int findings) {
    List<String> remarks = new ArrayList<>();
    crossCheck(facts).ifPresent(remarks::add);
    remarks.addAll(GroupRemarks.of(recording, IsolationFacts.MODULE));
    if (findings > MAX_FINDINGS) {
      remarks.add(
          String.format(
              Locale.ROOT,
              "%,d pairs of thread and culprit; the %,d costliest are listed.",
              findings,
              MAX_FINDINGS));
    }
    return remarks;
  }

  // Within this, both accounts are the same: the truth tests allow no more between them either.
  private static final double AGREEMENT_PERCENT = 1;

  private static Optional<String> crossCheck(IsolationFacts facts) {
    OptionalLong delay = facts.total("run_delay_ns");
    if (delay.isEmpty() || delay.getAsLong() == 0 || !facts.waitsMeasured) {
      return Optional.empty();
    }
    long asleep = facts.runDelayAsleep().orElse(0);
    long waited = Math.max(1, delay.getAsLong() - asleep);
    double difference = 100.0 * (facts.waits.total() - waited) / waited;
    boolean differs = Math.abs(difference) > AGREEMENT_PERCENT;
    boolean slept = 100.0 * asleep / delay.getAsLong() > AGREEMENT_PERCENT;
    if (!differs && !slept) {
      return Optional.empty();
    }
    StringBuilder remark = new StringBuilder();
    remark.append(
        String.format(
            Locale.ROOT,
            "Cross-check: all waits add up to %,d µs; the scheduler's schedstat counts %,d µs",
            facts.waits.total() / 1_000,
            delay.getAsLong() / 1_000));
    if (slept) {
      remark.append(
          String.format(
              Locale.ROOT,
              ", of which %,d µs were sleep: since Linux 6.12 it counts a sleep as a wait if the"
                  + " scheduler moves the thread to another CPU just after it fell asleep",
              asleep / 1_000));
    }
    if (!differs) {
      return Optional.of(remark.append('.').toString());
    }
    remark.append(
        String.format(
            Locale.ROOT, slept ? ". The rest differs by %+.1f %%. " : " (%+.1f %%). ", difference));
    remark.append(
        difference > 0
            ? "Its clock stops while an idle CPU wakes for a thread: it leaves out the interrupt"
                + " and the exit from idle."
            : "The difference is waits whose beginning no probe recorded.");
    return Optional.of(remark.toString());
  }

  private static Table table(IsolationFacts facts, Recording recording) {
    List<IsolationFacts.ThreadWaits> threads = facts.threads();
    Set<String> unique = uniqueNames(threads, recording);
    List<List<Object>> rows = new ArrayList<>();
    for (IsolationFacts.ThreadWaits waits :
        threads.subList(0, Math.min(TABLE_ROWS, threads.size()))) {
      ThreadId thread = recording.latest(waits.thread());
      rows.add(
          Arrays.asList(
              label(thread, unique),
              waits.all().count(),
              Percentiles.time(waits.all().percentile(99)),
              Percentiles.time(Percentiles.max(waits.all())),
              Duration.ofNanos(waits.all().total()),
              recording.hasCounters(IsolationFacts.MODULE)
                  ? count(facts.of(thread, "involuntary_switches"))
                  : null));
    }
    return new Table(
        "Threads by time spent waiting",
        List.of("Thread", "Waits", "P99", "Max", "Total", "Invol."),
        rows,
        threads.size() - rows.size());
  }

  /** The scheduler's own account, where that is all there is. */
  private static Table counted(IsolationFacts facts, Recording recording) {
    List<IsolationFacts.ThreadWaits> threads = new ArrayList<>(facts.threads());
    threads.sort(Comparator.comparingLong(waits -> -delay(facts, recording, waits)));
    Set<String> unique = uniqueNames(threads, recording);
    List<List<Object>> rows = new ArrayList<>();
    for (IsolationFacts.ThreadWaits waits :
        threads.subList(0, Math.min(TABLE_ROWS, threads.size()))) {
      ThreadId thread = recording.latest(waits.thread());
      rows.add(
          Arrays.asList(
              label(thread, unique),
              Duration.ofNanos(delay(facts, recording, waits)),
              count(facts.of(thread, "run_delay_count")),
              count(facts.of(thread, "involuntary_switches")),
              count(facts.of(thread, "voluntary_switches"))));
    }
    return new Table(
        "Threads by time spent waiting (the scheduler's account)",
        List.of("Thread", "Waited", "Times run", "Invol.", "Vol."),
        rows,
        threads.size() - rows.size());
  }

  private static long delay(
      IsolationFacts facts, Recording recording, IsolationFacts.ThreadWaits waits) {
    return facts.of(recording.latest(waits.thread()), "run_delay_ns").orElse(0);
  }

  private static Set<String> uniqueNames(
      List<IsolationFacts.ThreadWaits> threads, Recording recording) {
    Set<String> once = new HashSet<>();
    Set<String> more = new HashSet<>();
    for (IsolationFacts.ThreadWaits waits : threads) {
      String name = recording.latest(waits.thread()).name();
      if (!once.add(name)) {
        more.add(name);
      }
    }
    once.removeAll(more);
    return once;
  }

  private static String label(ThreadId thread, Set<String> unique) {
    return unique.contains(thread.name()) ? thread.name() : thread.osTid() + " " + thread.name();
  }

  private static Long count(OptionalLong count) {
    return count.isPresent() ? (Long) count.getAsLong() : null;
  }
}
