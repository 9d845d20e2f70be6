package latencyscope.analysis.irq;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import latencyscope.analysis.Culprits;
import latencyscope.analysis.ServiceThreads;
import latencyscope.analysis.finding.Cost;
import latencyscope.analysis.finding.Count;
import latencyscope.analysis.finding.Finding;
import latencyscope.analysis.finding.InterruptSource;
import latencyscope.analysis.finding.Interrupter;
import latencyscope.analysis.finding.Kind;
import latencyscope.analysis.finding.Remedy;
import latencyscope.analysis.finding.Severity;
import latencyscope.analysis.remedy.Interrupt;
import latencyscope.analysis.remedy.InterruptRemedy;
import latencyscope.analysis.tally.Tally;
import latencyscope.proc.CpuSet;
import latencyscope.recording.Nanos;
import latencyscope.recording.Recording;
import latencyscope.recording.event.Distribution;
import latencyscope.recording.fact.InterruptLine;
import latencyscope.recording.thread.ThreadId;

/** Names what took time from which thread, and what interrupts CPUs that it must not. */
final class IrqFindings {
  /** A tick that is stopped still comes back once a second or so. */
  static final double RESIDUAL_TICKS_PER_SECOND = 10;

  private static final InterruptSource TIMER =
      new InterruptSource(InterruptSource.Kind.LOCAL, "local-timer", 0);

  private final Recording recording;
  private final IrqFacts facts;
  private final IrqEvents events;
  private final InterruptRemedy remedy;

  IrqFindings(Recording recording, IrqFacts facts, IrqEvents events) {
    this.recording = recording;
    this.facts = facts;
    this.events = events;
    this.remedy = new InterruptRemedy(recording, facts.guarded);
  }

  /** What distinguishes findings about threads. */
  private record StealGroup(ThreadId thread, InterruptSource source, boolean guarded) {}

  /** Findings about threads from which much was stolen at once, the worst first. */
  List<Finding> steals() {
    List<Finding> findings = new ArrayList<>();
    events
        .longSteals
        .by(
            key -> new StealGroup(key.thread(), key.source(), facts.guarded.contains(key.cpu())),
            key -> !Culprits.isOwn(recording.latest(key.thread()).name()))
        .forEach((group, sum) -> findings.add(steal(group, sum)));
    findings.sort(
        Comparator.comparing(Finding::severity)
            .reversed()
            .thenComparing(finding -> ServiceThreads.contains(finding.thread().name()))
            .thenComparing(Comparator.comparing(Finding::worstNs).reversed())
            .thenComparing(finding -> finding.thread().osTid()));
    return findings;
  }

  private Finding steal(StealGroup group, Tally.Sum<Interrupt> sum) {
    Interrupt worst = sum.worst();
    InterruptSource source = group.source();
    ThreadId thread = recording.latest(group.thread());
    boolean violation = group.guarded() && source.isDevice();
    return new Finding(
            IrqFacts.MODULE,
            violation ? Severity.FAIL : Severity.WARN,
            source.describe() + " delayed " + thread.name(),
            thread,
            new Interrupter(source, worst.function()),
            new Cost(sum.count(), sum.total(), worst.net(), worst.start()),
            evidence(worst, sum.count(), thread),
            source.isDevice() ? againstLine(source.irq(), worst.cpu()) : remedy.against(worst))
        .about(Kind.INTERRUPT);
  }

  private static String evidence(Interrupt worst, long count, ThreadId thread) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%s longer than %,d µs. The worst was on CPU %d",
            Count.words(count, "interrupt"),
            IrqEvents.LONG_NS / 1_000,
            worst.cpu()));
    if (worst.function() != null) {
      text.append("; ")
          .append(worst.function())
          .append(" ran ")
          .append(Nanos.words(worst.functionTime()))
          .append(" of it");
    }
    if (worst.duration() > worst.net()) {
      text.append("; other interrupts took ")
          .append(Nanos.words(worst.duration() - worst.net()))
          .append(" during it");
    }
    if (ServiceThreads.contains(thread.name())) {
      text.append("; the thread is a service thread of the JVM");
    }
    return text.append('.').toString();
  }

  private List<Remedy> againstLine(long irq, int cpu) {
    Optional<InterruptLine> line = facts.line(irq);
    return line.isEmpty() ? List.of() : remedy.keepOff(List.of(line.get()), cpu);
  }

  /** One finding for each line that interrupted CPUs that are meant for the target. */
  List<Finding> devices() {
    Map<Long, List<IrqFacts.Row>> byLine =
        facts.devicesOnGuarded().stream()
            .collect(
                Collectors.groupingBy(
                    row -> row.subject().id(), LinkedHashMap::new, Collectors.toList()));
    List<Finding> findings = new ArrayList<>();
    byLine.forEach((irq, rows) -> findings.add(device(irq, rows)));
    return findings;
  }

  private Finding device(long irq, List<IrqFacts.Row> rows) {
    String name = rows.get(0).subject().name();
    Distribution net =
        rows.stream().map(IrqFacts.Row::net).reduce(Distribution.EMPTY, Distribution::plus);
    CpuSet cpus =
        rows.stream().map(row -> CpuSet.of(row.subject().cpu())).reduce(CpuSet.EMPTY, CpuSet::plus);
    Tally.Sum<Interrupt> seen =
        events.devices.all(key -> key.source().irq() == irq && cpus.contains(key.cpu()));
    InterruptSource source = new InterruptSource(InterruptSource.Kind.LINE, name, (int) irq);
    return new Finding(
            IrqFacts.MODULE,
            Severity.FAIL,
            source.describe() + " interrupted CPU " + cpus,
            seen == null || seen.worst().thread().osTid() == 0
                ? null
                : recording.latest(seen.worst().thread()),
            new Interrupter(source, null),
            new Cost(
                rows.stream().mapToLong(IrqFacts.Row::count).sum(),
                net.total(),
                seen == null ? null : (Long) seen.worst().net(),
                seen == null ? null : (Long) seen.worst().start()),
            deviceEvidence(irq, net),
            againstLine(irq, rows.get(0).subject().cpu()))
        .about(Kind.INTERRUPT);
  }

  private String deviceEvidence(long irq, Distribution net) {
    String took =
        String.format(
            Locale.ROOT,
            "Its handler ran %s, for at most %s",
            net.count() == 1 ? "once" : String.format(Locale.ROOT, "%,d times", net.count()),
            Nanos.words(net.max()));
    return facts
        .line(irq)
        .map(line -> took + "; its affinity mask allows CPUs " + line.allowed() + ".")
        .orElse(took + ".");
  }

  /** A finding about lines that may interrupt CPUs of the target, but did not; empty if none. */
  Optional<Finding> allowed() {
    Set<Long> fired =
        facts.devicesOnGuarded().stream()
            .map(row -> row.subject().id())
            .collect(Collectors.toSet());
    List<InterruptLine> lines =
        facts.linesAllowedOnGuarded().stream()
            .filter(line -> !fired.contains((long) line.irq()))
            .toList();
    if (lines.isEmpty()) {
      return Optional.empty();
    }
    String names =
        lines.stream()
            .map(line -> line.devices() + " (IRQ " + line.irq() + ")")
            .collect(Collectors.joining(", "));
    return Optional.of(
        new Finding(
            IrqFacts.MODULE,
            Severity.FAIL,
            String.format(
                Locale.ROOT,
                "%s may be delivered to CPU %s",
                Count.words(lines.size(), "more interrupt line"),
                facts.guarded),
            null,
            null,
            Cost.times(lines.size()),
            "None of them fired there during the capture: " + names + ".",
            remedy.keepOff(lines, -1)));
  }

  /** A finding about ticks on CPUs that are meant to have none; empty if they have none. */
  Optional<Finding> ticks() {
    CpuSet cpus = facts.tickingNohzCpus(RESIDUAL_TICKS_PER_SECOND);
    if (cpus.isEmpty()) {
      return Optional.empty();
    }
    Distribution ticks = facts.ticks(cpus);
    return Optional.of(
        new Finding(
            IrqFacts.MODULE,
            Severity.WARN,
            "The timer interrupts CPU " + cpus + ", which is booted with nohz_full",
            null,
            new Interrupter(TIMER, null),
            new Cost(ticks.count(), ticks.total(), null, null),
            String.format(
                Locale.ROOT,
                "%,d timer interrupts, the longest %s. The tick stops only while one task is"
                    + " runnable, and timers set on that CPU still fire.",
                ticks.count(),
                Nanos.words(ticks.max())),
            List.of()));
  }
}
