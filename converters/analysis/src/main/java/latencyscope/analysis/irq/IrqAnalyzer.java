package latencyscope.analysis.irq;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import latencyscope.analysis.ModuleAnalyzer;
import latencyscope.analysis.ModuleReport;
import latencyscope.analysis.Percentiles;
import latencyscope.analysis.Quantiles;
import latencyscope.analysis.Table;
import latencyscope.analysis.Verdict;
import latencyscope.analysis.finding.Finding;
import latencyscope.analysis.finding.InterruptSource.Kind;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.recording.Recording;
import latencyscope.recording.event.Distribution;
import latencyscope.recording.thread.ThreadId;

/** Judges what interrupts took from the target. Not safe for use by several threads. */
public final class IrqAnalyzer extends ModuleAnalyzer<IrqEvents> {
  /** Some kernels do not trace every interrupt that they count; beyond this it is worth a word. */
  private static final double AGREEMENT_PERCENT = 1;

  /** Creates an analyzer that has seen nothing. */
  public IrqAnalyzer() {
    super(new IrqEvents());
  }

  @Override
  public ModuleReport report(Recording recording) {
    IrqFacts facts = new IrqFacts(recording);
    IrqVerdicts verdicts =
        new IrqVerdicts(facts, recording, new IrqFindings(recording, facts, events));
    List<Verdict> answers = verdicts.all();
    List<Finding> findings = verdicts.findings();
    int violations = Verdict.violations(answers);
    return new ModuleReport(
        IrqFacts.MODULE,
        "INTERRUPTS",
        answers,
        List.of(
            new Quantiles("Stolen from threads", EventTypes.HARD_IRQ, facts.stolen()),
            new Quantiles("Device interrupts, all CPUs", EventTypes.HARD_IRQ, facts.all(Kind.LINE)),
            new Quantiles("Softirqs, all CPUs", EventTypes.SOFT_IRQ, facts.all(Kind.VECTOR))),
        List.of(threads(facts, recording), sources(facts)),
        remarks(facts),
        findings.subList(0, Math.min(MAX_FINDINGS, findings.size())),
        new IrqMetrics(facts, events, recording).of(violations));
  }

  private static List<String> remarks(IrqFacts facts) {
    OptionalLong counted = facts.countedByKernel();
    long traced = facts.count(Kind.LINE);
    if (counted.isEmpty() || counted.getAsLong() == 0 || !facts.measured) {
      return List.of();
    }
    double difference = 100.0 * (traced - counted.getAsLong()) / counted.getAsLong();
    if (Math.abs(difference) <= AGREEMENT_PERCENT || Math.abs(traced - counted.getAsLong()) < 10) {
      return List.of();
    }
    return List.of(
        String.format(
            Locale.ROOT,
            "Cross-check: %,d device interrupts were traced; /proc/interrupts counted %,d (%+.1f"
                + " %%). The difference was not traced.",
            traced,
            counted.getAsLong(),
            difference));
  }

  private static Table threads(IrqFacts facts, Recording recording) {
    List<Map.Entry<ThreadId, Distribution>> threads = facts.stolenByThread();
    List<List<Object>> rows = new ArrayList<>();
    for (Map.Entry<ThreadId, Distribution> entry :
        threads.subList(0, Math.min(TABLE_ROWS, threads.size()))) {
      rows.add(
          Arrays.asList(
              recording.latest(entry.getKey()).name(),
              entry.getValue().count(),
              Percentiles.time(entry.getValue().percentile(99)),
              Percentiles.time(Percentiles.max(entry.getValue())),
              Duration.ofNanos(entry.getValue().total())));
    }
    return new Table(
        "Threads by time stolen",
        List.of("Thread", "Interrupts", "P99", "Max", "Total"),
        rows,
        threads.size() - rows.size());
  }

  private static Table sources(IrqFacts facts) {
    List<IrqFacts.Row> sources =
        Stream.of(Kind.values())
            .flatMap(kind -> facts.rows(kind).stream())
            .sorted(Comparator.comparingLong((IrqFacts.Row row) -> row.net().total()).reversed())
            .toList();
    List<List<Object>> rows = new ArrayList<>();
    for (IrqFacts.Row row : sources.subList(0, Math.min(TABLE_ROWS, sources.size()))) {
      rows.add(
          Arrays.asList(
              name(row),
              String.valueOf(row.subject().cpu()),
              row.count(),
              Percentiles.time(row.net().percentile(99)),
              Percentiles.time(Percentiles.max(row.net())),
              Duration.ofNanos(row.net().total())));
    }
    return new Table(
        "Interrupts by time taken",
        List.of("Source", "CPU", "Count", "P99", "Max", "Total"),
        rows,
        sources.size() - rows.size());
  }

  private static String name(IrqFacts.Row row) {
    return Kind.LINE.isOf(row.subject())
        ? "IRQ " + row.subject().id() + " " + row.subject().name()
        : row.subject().name();
  }
}
