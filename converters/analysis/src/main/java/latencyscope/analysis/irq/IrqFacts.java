package latencyscope.analysis.irq;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import latencyscope.analysis.Culprits;
import latencyscope.analysis.finding.InterruptSource.Kind;
import latencyscope.analysis.remedy.GuardedCpus;
import latencyscope.proc.CpuSet;
import latencyscope.recording.Recording;
import latencyscope.recording.event.Distribution;
import latencyscope.recording.event.Subject;
import latencyscope.recording.fact.InterruptLine;
import latencyscope.recording.fact.ProbeState;
import latencyscope.recording.thread.ThreadId;

/** What the kernel counted for the irq module: every interrupt, whatever was lost of the events. */
final class IrqFacts {
  static final String MODULE = "irq";

  /** What is stolen from threads, by what steals. */
  static final List<String> STOLEN =
      List.of("stolen_hard_irq", "stolen_softirq", "stolen_local", "stolen_nmi");

  /** A value is known to 3 digits: its bin is no wider than this part of it. */
  private static final long BIN = 1_024;

  private static final String NET = "net_time";
  private static final String TICK = "local-timer";
  private static final double NANOS_PER_SECOND = 1e9;

  final CpuSet guarded;
  final boolean measured;
  private final Recording recording;
  private final Map<Subject, Distribution> bySubject;
  private final Map<ThreadId, Distribution> stolen = new LinkedHashMap<>();

  /**
   * Interrupts of one source on one CPU.
   *
   * @param count how many interrupts; a shared line has more runs of handlers
   */
  record Row(Subject subject, long count, Distribution net) {}

  IrqFacts(Recording recording) {
    this.recording = recording;
    guarded = GuardedCpus.of(recording);
    bySubject = recording.subjectDistributions(MODULE, NET);
    for (String measure : STOLEN) {
      recording
          .distributions(MODULE, measure)
          .forEach((thread, taken) -> stolen.merge(thread, taken, Distribution::plus));
    }
    stolen.keySet().removeIf(thread -> Culprits.isOwn(recording.latest(thread).name()));
    List<ProbeState> own =
        recording.probes().stream().filter(probe -> MODULE.equals(probe.module())).toList();
    boolean sound = !own.isEmpty() && own.stream().allMatch(ProbeState::attached);
    measured = sound || !bySubject.isEmpty();
  }

  /** All of one kind, by CPU, those that took most time first. */
  List<Row> rows(Kind kind) {
    List<Row> rows = new ArrayList<>();
    Map<Subject, Long> further = recording.subjectCounts(MODULE, "handlers_further");
    bySubject.forEach((subject, net) -> {
      if (kind.isOf(subject)) {
        rows.add(new Row(subject, net.count() - further.getOrDefault(subject, 0L), net));
      }
    });
    rows.sort(
        Comparator.comparingLong((Row row) -> row.net().total())
            .reversed()
            .thenComparing(row -> row.subject().id())
            .thenComparing(row -> row.subject().cpu()));
    return rows;
  }

  /** All of one kind together. */
  Distribution all(Kind kind) {
    return rows(kind).stream().map(Row::net).reduce(Distribution::plus).orElse(Distribution.EMPTY);
  }

  long count(Kind kind) {
    return rows(kind).stream().mapToLong(Row::count).sum();
  }

  /** Everything that was stolen from threads of the target. */
  Distribution stolen() {
    return stolen.values().stream().reduce(Distribution::plus).orElse(Distribution.EMPTY);
  }

  /** What was stolen from a thread of one measure. */
  Distribution stolen(ThreadId thread, String measure) {
    return recording.distributions(MODULE, measure).getOrDefault(thread, Distribution.EMPTY);
  }

  /** What was stolen from each thread, the most first. */
  List<Map.Entry<ThreadId, Distribution>> stolenByThread() {
    return stolen.entrySet().stream()
        .sorted(
            Comparator.comparingLong((Map.Entry<ThreadId, Distribution> e) -> e.getValue().total())
                .reversed()
                .thenComparing(e -> e.getKey().osTid()))
        .toList();
  }

  /** How often more than this was stolen at once; what is within 0.1 % of it is not counted. */
  long stolenBeyond(long ns) {
    long[] count = new long[1];
    stolen().forEachBin((value, times) -> count[0] += value - value / BIN > ns ? times : 0);
    return count[0];
  }

  /** Device interrupts on CPUs that are meant for the target. */
  List<Row> devicesOnGuarded() {
    return rows(Kind.LINE).stream().filter(row -> guarded.contains(row.subject().cpu())).toList();
  }

  /** Lines that may be delivered to CPUs that are meant for the target. */
  List<InterruptLine> linesAllowedOnGuarded() {
    return recording.interruptLines().stream().filter(this::mayHitGuarded).toList();
  }

  // A managed line has the mask that the driver asked for; where it goes is what counts.
  private boolean mayHitGuarded(InterruptLine line) {
    CpuSet cpus = line.isManaged() ? line.effective() : line.allowed();
    return !cpus.minus(guarded).equals(cpus);
  }

  Optional<InterruptLine> line(long irq) {
    return recording.interruptLines().stream().filter(line -> line.irq() == irq).findFirst();
  }

  /** CPUs of nohz_full on which the tick was stopped less than it could have been. */
  CpuSet tickingNohzCpus(double ticksPerSecond) {
    double seconds = recording.capturedNs(MODULE) / NANOS_PER_SECOND;
    return rows(Kind.LOCAL).stream()
        .filter(row -> TICK.equals(row.subject().name()))
        .filter(row -> recording.host().nohzFull().contains(row.subject().cpu()))
        .filter(row -> row.count() > ticksPerSecond * seconds)
        .map(row -> CpuSet.of(row.subject().cpu()))
        .reduce(CpuSet.EMPTY, CpuSet::plus);
  }

  /** Timer interrupts on some CPUs. */
  Distribution ticks(CpuSet cpus) {
    return rows(Kind.LOCAL).stream()
        .filter(row -> TICK.equals(row.subject().name()) && cpus.contains(row.subject().cpu()))
        .map(Row::net)
        .reduce(Distribution.EMPTY, Distribution::plus);
  }

  /** Device interrupts by the kernel's own count; empty if not known. */
  OptionalLong countedByKernel() {
    List<InterruptLine> lines = recording.interruptLines();
    return lines.isEmpty() || lines.stream().anyMatch(line -> line.counted() < 0)
        ? OptionalLong.empty()
        : OptionalLong.of(lines.stream().mapToLong(InterruptLine::counted).sum());
  }
}
