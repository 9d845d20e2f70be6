package latencyscope.analysis.irq;

import java.util.List;
import java.util.OptionalLong;
import latencyscope.analysis.Instants;
import latencyscope.analysis.Metrics;
import latencyscope.analysis.Percentiles;
import latencyscope.analysis.ServiceThreads;
import latencyscope.analysis.finding.InterruptSource.Kind;
import latencyscope.analysis.remedy.Interrupt;
import latencyscope.recording.Recording;
import latencyscope.recording.event.Distribution;
import latencyscope.recording.fact.InterruptLine;
import latencyscope.recording.thread.ThreadId;

/** Writes the irq module's values under the keys of the JSON report. */
final class IrqMetrics {
  private static final String NOT_MEASURED = "interrupts were not measured";
  private static final String NO_COUNT = "/proc/interrupts was not recorded";
  private static final String NO_AFFINITY = "the line's affinity mask was not recorded";

  private final IrqFacts facts;
  private final IrqEvents events;
  private final Recording recording;

  IrqMetrics(IrqFacts facts, IrqEvents events, Recording recording) {
    this.facts = facts;
    this.events = events;
    this.recording = recording;
  }

  Metrics of(int violations) {
    Metrics metrics = new Metrics();
    Distribution devices = facts.all(Kind.LINE);
    Distribution softirqs = facts.all(Kind.VECTOR);
    Distribution stolen = facts.stolen();
    metrics.put("total_irq_count", measured(facts.count(Kind.LINE)), NOT_MEASURED);
    metrics.put("irq_count_by_kernel", facts.countedByKernel(), NO_COUNT);
    metrics.put("softirq_count", measured(facts.count(Kind.VECTOR)), NOT_MEASURED);
    metrics.put("local_count", measured(facts.count(Kind.LOCAL)), NOT_MEASURED);
    metrics.put("irq_total_ns", measured(devices.total()), NOT_MEASURED);
    Percentiles.put(metrics, "irq", devices, facts.measured, NOT_MEASURED);
    metrics.putGate("max_irq_duration_ns", measured(devices.max()), NOT_MEASURED);
    metrics.put("softirq_total_ns", measured(softirqs.total()), NOT_MEASURED);
    Percentiles.put(metrics, "softirq", softirqs, facts.measured, NOT_MEASURED);
    metrics.put("stolen_count", measured(stolen.count()), NOT_MEASURED);
    metrics.put("stolen_ns", measured(stolen.total()), NOT_MEASURED);
    metrics.putGate("stolen_max_ns", measured(stolen.max()), NOT_MEASURED);
    metrics.put(
        "stolen_over_50us_count", measured(facts.stolenBeyond(IrqEvents.LONG_NS)), NOT_MEASURED);
    metrics.put("softirq_overlaps", measured(count("stolen_softirq")), NOT_MEASURED);
    metrics.put("softirq_own_call_count", measured(count("softirq_own_call")), NOT_MEASURED);
    metrics.put(
        "monitored_irq_count",
        measured(facts.devicesOnGuarded().stream().mapToLong(IrqFacts.Row::count).sum()),
        NOT_MEASURED);
    metrics.put("lines", facts.rows(Kind.LINE).stream().map(this::line).toList());
    metrics.put("vectors", facts.rows(Kind.VECTOR).stream().map(this::named).toList());
    metrics.put("local", facts.rows(Kind.LOCAL).stream().map(this::named).toList());
    metrics.put("affinity", recording.interruptLines().stream().map(IrqMetrics::affinity).toList());
    metrics.put("threads", facts.stolenByThread().stream().map(e -> thread(e.getKey())).toList());
    metrics.put("worst", events.worst().stream().map(this::interrupt).toList());
    return metrics.put("violations", violations);
  }

  private OptionalLong measured(long value) {
    return Percentiles.ifMeasured(value, facts.measured);
  }

  private long count(String measure) {
    return recording.distribution(IrqFacts.MODULE, measure).map(Distribution::count).orElse(0L);
  }

  private Metrics line(IrqFacts.Row row) {
    Metrics line = new Metrics();
    InterruptLine known = facts.line(row.subject().id()).orElse(null);
    line.put("irq", row.subject().id());
    line.put("device", known == null ? row.subject().name() : known.devices());
    measures(line, row);
    return line.put("affinity", known == null ? null : known.allowed().toString(), NO_AFFINITY);
  }

  private Metrics named(IrqFacts.Row row) {
    Metrics named = new Metrics();
    named.put("name", row.subject().name());
    return measures(named, row);
  }

  private Metrics measures(Metrics metrics, IrqFacts.Row row) {
    metrics.put("cpu", row.subject().cpu());
    metrics.put("count", row.count());
    metrics.put("total_ns", row.net().total());
    for (Percentiles.P p : List.of(new Percentiles.P(50), new Percentiles.P(99))) {
      metrics.put(p.key() + "_ns", Percentiles.value(row.net(), p, facts.measured), NOT_MEASURED);
    }
    return metrics.put("max_ns", row.net().max());
  }

  private static Metrics affinity(InterruptLine line) {
    Metrics row = new Metrics();
    row.put("irq", line.irq());
    row.put("device", line.devices());
    row.put("allowed", line.allowed().toString());
    row.put("effective", line.effective().toString());
    row.put("managed", line.managed());
    row.put("irqbalance_pid", line.irqbalancePid() == 0 ? null : (Long) line.irqbalancePid());
    return row.put("count", Percentiles.ifMeasured(line.counted(), line.counted() >= 0), NO_COUNT);
  }

  private Metrics thread(ThreadId of) {
    ThreadId thread = recording.latest(of);
    Metrics row = new Metrics();
    row.put("thread", thread.name());
    row.put("os_tid", thread.osTid());
    row.put("jvm_service", ServiceThreads.contains(thread.name()));
    for (String measure : IrqFacts.STOLEN) {
      Distribution stolen = facts.stolen(of, measure);
      Metrics part = new Metrics();
      part.put("count", stolen.count());
      part.put("total_ns", stolen.total());
      row.put(measure, part.put("max_ns", Percentiles.max(stolen), Percentiles.NO_OCCURRENCE));
    }
    return row;
  }

  private Metrics interrupt(Interrupt interrupt) {
    ThreadId thread = recording.latest(interrupt.thread());
    Metrics row = new Metrics();
    row.put("thread", thread.name());
    row.put("os_tid", thread.osTid());
    row.put("at", Instants.iso(interrupt.start()));
    row.put("at_ns", interrupt.start());
    row.put("duration_ns", interrupt.duration());
    row.put("net_ns", interrupt.net());
    row.put("cpu", interrupt.cpu());
    row.put("source", interrupt.source().describe());
    row.put("function", interrupt.function());
    return row.put("function_ns", interrupt.functionTime());
  }
}
