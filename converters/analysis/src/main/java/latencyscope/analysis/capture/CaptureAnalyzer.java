package latencyscope.analysis.capture;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import latencyscope.analysis.Analyzer;
import latencyscope.analysis.Analyzers;
import latencyscope.analysis.Culprits;
import latencyscope.analysis.Metrics;
import latencyscope.analysis.ModuleReport;
import latencyscope.analysis.Percentiles;
import latencyscope.analysis.Verdict;
import latencyscope.analysis.evidence.Evidence;
import latencyscope.analysis.evidence.Question;
import latencyscope.analysis.finding.Cost;
import latencyscope.analysis.finding.Count;
import latencyscope.analysis.finding.Culprit;
import latencyscope.analysis.finding.Finding;
import latencyscope.analysis.finding.Remedy;
import latencyscope.analysis.finding.Severity;
import latencyscope.analysis.finding.Task;
import latencyscope.analysis.isolation.Blame;
import latencyscope.analysis.isolation.IsolationFacts;
import latencyscope.analysis.syscall.SyscallFacts;
import latencyscope.analysis.tally.Tally;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.recording.Nanos;
import latencyscope.recording.Recording;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.fact.Loss;
import latencyscope.recording.fact.ProbeCosts;
import latencyscope.recording.fact.ProbeState;

/** Judges the capture itself: is anything missing, and what did it cost. */
public final class CaptureAnalyzer implements Analyzer {
  private static final String NO_STATS =
      "counting runs and run time requires --probe-cost, or stats=on of the agent";

  private static final String NO_LOCKS = "lock waits were not captured (module syscall)";

  /**
   * Our own threads may delay the target for this share of the captured time before the report
   * warns. Our figures may differ from the scheduler's by as much; a larger share would distort
   * them.
   */
  private static final double SUBSTANTIAL = 0.01;

  /** Creates an analyzer. */
  public CaptureAnalyzer() {}

  // Names alone distinguish most tasks from ours; processes, because a name may be anyone's.
  private final Tally<Task, Blame> ownDelays =
      new Tally<>(
          Blame::held,
          blame -> new Task(blame.culprit().name(), 0, blame.culprit().pid(), null),
          blame -> Task.OTHERS);
  private final OwnLocks locks = new OwnLocks();

  @Override
  public void endOfChunk() {
    locks.endOfChunk();
  }

  @Override
  public void accept(KernelEvent event) {
    if (event.type().equals(EventTypes.FUTEX_WAIT)) {
      locks.add(event);
    }
    Blame.of(event).forEach(ownDelays::add);
  }

  @Override
  public ModuleReport report(Recording recording) {
    List<Finding> findings = new ArrayList<>();
    recording.losses().stream().filter(l -> l.count() > 0).map(this::loss).forEach(findings::add);
    recording.probes().stream()
        .filter(p -> !p.attached())
        .map(this::unavailable)
        .forEach(findings::add);
    recording.notes().stream()
        .map(note -> Finding.note(Analyzers.CAPTURE, Severity.WARN, note))
        .forEach(findings::add);
    if (!recording.isDescribed() && recording.probes().stream().noneMatch(ProbeState::loading)) {
      String text = "The recording has no Capture event: host and target are unknown.";
      findings.add(Finding.note(Analyzers.CAPTURE, Severity.WARN, text));
    }
    Tally.Sum<Blame> own = ownDelays.all(new Culprits(recording)::isOwn);
    if (own != null && own.total() > SUBSTANTIAL * recording.capturedNs(IsolationFacts.MODULE)) {
      findings.add(ownWaits(own));
    }
    OwnLocks.Sum held = locks.sum(recording);
    if (held.totalNs() > SUBSTANTIAL * recording.capturedNs(SyscallFacts.MODULE)) {
      findings.add(heldLocks(held));
    }
    List<Verdict> verdicts =
        findings.stream()
            .map(Verdict::of)
            .map(verdict -> verdict.about(Question.COMPLETE))
            .toList();
    return new ModuleReport(
        Analyzers.CAPTURE,
        "CAPTURE",
        verdicts.isEmpty()
            ? List.of(
                Verdict.none(
                    Question.COMPLETE,
                    Evidence.of(recording),
                    "Complete: no record was lost, no probe is missing"))
            : verdicts,
        List.of(),
        List.of(),
        List.of(),
        findings,
        metrics(recording, own, held));
  }

  private Finding loss(Loss loss) {
    // Without a type it is not records that found no room, but threads, of which then nothing is
    // known; or a thread's first event, which happens a few times in a hundred million.
    boolean ofThreads = loss.type() == null;
    return finding(
        ofThreads
            ? String.format(Locale.ROOT, "%,d events were not counted", loss.count())
            : String.format(Locale.ROOT, "%,d records of %s were lost", loss.count(), loss.type()),
        null,
        loss.count(),
        String.format(
            Locale.ROOT,
            ofThreads
                ? "Module %s: %s. Counts and percentiles do not include them."
                : "Module %s: %s. Counts and percentiles include them; the list of single events"
                    + " does not.",
            loss.module(),
            loss.reason()),
        List.of(
            Remedy.of(
                ofThreads
                    ? "If a table was full: limit the capture (--pid, --cpus), or start a new"
                        + " one, which sizes its tables for the threads that exist then."
                    : "Raise the event's threshold, or limit the capture: --cpus, --module,"
                        + " threads=.")));
  }

  private Finding unavailable(ProbeState probe) {
    if (probe.loading()) {
      String title = "The recording ended before any module was attached";
      return finding(title, null, 1, probe.reason(), recorded(probe));
    }
    if (probe.accounts()) {
      String title = "Module " + probe.module() + " has counts from /proc alone";
      return finding(title, null, 1, probe.reason(), recorded(probe));
    }
    return finding(
        String.format(
            Locale.ROOT,
            "%s %s is %s",
            probe.probe() == null ? "Module" : "Probe " + probe.probe() + " of module",
            probe.module(),
            probe.state()),
        null,
        1,
        probe.reason(),
        recorded(probe));
  }

  private static List<Remedy> recorded(ProbeState probe) {
    boolean none = probe.remedy() == null || probe.remedy().isBlank();
    return none ? List.of() : List.of(Remedy.of(probe.remedy()));
  }

  private static Finding finding(
      String title, Culprit culprit, long count, String evidence, List<Remedy> remedies) {
    return new Finding(
        Analyzers.CAPTURE,
        Severity.WARN,
        title,
        null,
        culprit,
        Cost.times(count),
        evidence,
        remedies);
  }

  private static Finding ownWaits(Tally.Sum<Blame> own) {
    return finding(
        String.format(
            Locale.ROOT,
            "LatencyScope's own threads delayed the target by %,.1f ms (%s)",
            own.total() / 1e6,
            Count.words(own.count(), "wait")),
        own.worst().culprit(),
        own.count(),
        "Counts and percentiles include these waits; no other finding covers them.",
        List.of(
            Remedy.of(
                "Limit the capture (--cpus, --module), or raise the events' thresholds. In an"
                    + " agent, set drain.cpus to a CPU that the target does not use.")));
  }

  private static Finding heldLocks(OwnLocks.Sum held) {
    return finding(
        String.format(
            Locale.ROOT,
            "The target waited %,.1f ms for locks that LatencyScope's own threads held (%s)",
            held.totalNs() / 1e6,
            Count.words(held.count(), "wait")),
        null,
        held.count(),
        "These are mutexes of the JVM and of malloc; the longest wait took "
            + Nanos.words(held.worstNs())
            + ". The findings about system calls name them.",
        List.of(
            Remedy.of(
                "Start the capture before trading, so that its code is compiled by then. Set"
                    + " drain.cpus to a CPU that the target does not use.")));
  }

  private static Metrics metrics(Recording recording, Tally.Sum<Blame> own, OwnLocks.Sum held) {
    Metrics metrics = new Metrics();
    metrics.put("records", recording.records().values().stream().mapToLong(n -> n).sum());
    metrics.put("lost", recording.losses().stream().mapToLong(Loss::count).sum());
    metrics.put("probes", probes(recording));
    metrics.put("full_resolution", fullResolution(recording));
    metrics.put(
        "drain_cpu_ns",
        ownThread(recording, "drain"),
        "the drain thread's cost is not in the recording");
    metrics.put(
        "setup_cpu_ns",
        ownThread(recording, "set-up"),
        "the set-up's cost is not in the recording");
    metrics.put("own_wait_count", own == null ? 0 : own.count());
    metrics.put("own_wait_ns", own == null ? 0 : own.total());
    metrics.put("own_lock_wait_count", OwnLocks.ifMeasured(held.count(), recording), NO_LOCKS);
    metrics.put("own_lock_wait_ns", OwnLocks.ifMeasured(held.totalNs(), recording), NO_LOCKS);
    metrics.put("own_lock_wait_max_ns", OwnLocks.ifMeasured(held.worstNs(), recording), NO_LOCKS);
    metrics.put("bpf_run_time_ns", bpfTime(recording), NO_STATS);
    metrics.put(
        "clock_error_ns", recording.clock().errorNs(), "the recording holds no clock readings");
    return metrics;
  }

  /** Where every occurrence is recorded, whatever the thresholds. */
  private static List<Metrics> fullResolution(Recording recording) {
    List<Metrics> all = new ArrayList<>();
    recording
        .fullTimes()
        .forEach((module, stretches) ->
            stretches.forEach(stretch -> {
              Metrics one = new Metrics();
              one.put("module", module);
              one.put("from_ns", stretch.from());
              one.put("until_ns", stretch.until());
              all.add(one);
            }));
    return all;
  }

  /** A probe by its module and name, ordered by both; the name is null for the whole module. */
  private record ProbeKey(String module, String name) {
    static final Comparator<ProbeKey> ORDER =
        Comparator.comparing(key -> key.module() + '/' + key.name());
  }

  private static List<Metrics> probes(Recording recording) {
    Map<ProbeKey, ProbeState> states = new LinkedHashMap<>();
    Map<ProbeKey, ProbeCosts> costs = new LinkedHashMap<>();
    recording
        .probes()
        .forEach(state -> states.put(new ProbeKey(state.module(), state.probe()), state));
    recording.costs().stream()
        .filter(cost -> !isOwnThread(cost))
        .forEach(cost -> costs.put(new ProbeKey(cost.module(), cost.probe()), cost));
    List<ProbeKey> keys = new ArrayList<>(states.keySet());
    costs.keySet().stream().filter(key -> !states.containsKey(key)).forEach(keys::add);
    return keys.stream()
        .sorted(ProbeKey.ORDER)
        .map(key -> probe(key, states.get(key), costs.get(key)))
        .toList();
  }

  private static Metrics probe(ProbeKey key, ProbeState state, ProbeCosts cost) {
    Metrics row = new Metrics();
    row.put("module", key.module());
    row.put("name", String.valueOf(key.name()));
    row.put("state", state == null ? null : state.state(), "the probe's state is not recorded");
    row.put("reason", state == null ? null : state.reason());
    row.put("run_count", counted(cost == null ? -1 : cost.runs()), NO_STATS);
    row.put("run_time_ns", counted(cost == null ? -1 : cost.timeNs()), NO_STATS);
    return row.put("missed", counted(cost == null ? -1 : cost.missed()), NO_STATS);
  }

  /** Whether it is the agent's own thread that this was spent on. */
  private static boolean isOwnThread(ProbeCosts cost) {
    return cost.module().equals(Analyzers.CAPTURE);
  }

  private static OptionalLong ownThread(Recording recording, String work) {
    return recording.costs().stream()
        .filter(cost -> isOwnThread(cost) && work.equals(cost.probe()))
        .map(ProbeCosts::timeNs)
        .map(CaptureAnalyzer::counted)
        .findFirst()
        .orElse(OptionalLong.empty());
  }

  private static OptionalLong bpfTime(Recording recording) {
    List<ProbeCosts> probes = recording.costs().stream().filter(c -> !isOwnThread(c)).toList();
    boolean all = !probes.isEmpty() && probes.stream().allMatch(cost -> cost.timeNs() >= 0);
    return Percentiles.ifMeasured(probes.stream().mapToLong(ProbeCosts::timeNs).sum(), all);
  }

  private static OptionalLong counted(long value) {
    return Percentiles.ifMeasured(value, value >= 0);
  }
}
