package latencyscope.analysis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import latencyscope.recording.KernelEvent;
import latencyscope.recording.Loss;
import latencyscope.recording.ProbeCosts;
import latencyscope.recording.ProbeState;
import latencyscope.recording.Recording;

/** Judges the capture itself: is anything missing, and what did it cost. */
public final class CaptureAnalyzer implements Analyzer {
  private static final String NO_STATS =
      "the kernel counts runs and time only if asked to: --probe-cost, or stats=on of the agent";

  /**
   * The share of the captured time that our own threads may stand in the target's way unsaid. As
   * much as our figures may differ from the scheduler's own: beyond it, a report would show the
   * profiler as well as the program.
   */
  private static final double SUBSTANTIAL = 0.01;

  /** Creates an analyzer. */
  public CaptureAnalyzer() {}

  // Names alone tell most tasks apart from ours; processes, because a name may be anyone's.
  private final Tally<Task, RunQueueWait> inTheWay =
      new Tally<>(
          RunQueueWait::culpritHeld,
          wait -> new Task(wait.culprit().name(), 0, wait.culprit().pid(), null),
          wait -> Task.OTHERS);

  @Override
  public void accept(KernelEvent event) {
    if (event.type().equals("RunQueueWait") && event.text("culprit") != null) {
      inTheWay.add(RunQueueWait.of(event));
    }
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
        .map(note -> finding(note, null, 1, note, null))
        .forEach(findings::add);
    if (!recording.isDescribed()) {
      String text = "The recording does not say what was captured: host and target are unknown.";
      findings.add(finding(text, null, 1, text, null));
    }
    Tally.Sum<RunQueueWait> own = inTheWay.all(new Culprits(recording)::isOwn);
    if (own != null && own.total() > SUBSTANTIAL * recording.capture().duration()) {
      findings.add(ownWaits(own));
    }
    List<Verdict> verdicts =
        findings.stream().map(f -> new Verdict(f.severity(), f.title(), f, null, null)).toList();
    return new ModuleReport(
        Analyzers.CAPTURE,
        "CAPTURE",
        verdicts.isEmpty()
            ? List.of(
                Verdict.of(Severity.PASS, "Complete: no record was lost, no probe is missing"))
            : verdicts,
        List.of(),
        List.of(),
        List.of(),
        findings,
        metrics(recording, own));
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
                ? "Module %s: %s. Counts and percentiles lack them, too."
                : "Module %s: %s. Counts and percentiles still hold them; single events lack them.",
            loss.module(),
            loss.reason()),
        ofThreads
            ? "If it was for want of room: limit the capture (--pid, --cpus), or begin a new one,"
                + " which makes room for as many threads as there are then."
            : "Raise the event's threshold, or limit the capture: --cpus, --module, threads=.");
  }

  private Finding unavailable(ProbeState probe) {
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
        probe.remedy());
  }

  private static Finding finding(
      String title, String culprit, long count, String evidence, String remedy) {
    return new Finding(
        Analyzers.CAPTURE,
        Severity.WARN,
        title,
        null,
        culprit,
        count,
        null,
        null,
        null,
        evidence,
        remedy);
  }

  private static Finding ownWaits(Tally.Sum<RunQueueWait> own) {
    return finding(
        String.format(
            Locale.ROOT,
            "LatencyScope's own threads stood in the way for %,.1f ms (%s)",
            own.total() / 1e6,
            own.count() == 1 ? "1 wait" : String.format(Locale.ROOT, "%,d waits", own.count())),
        own.worst().culprit().describe(),
        own.count(),
        "These waits are in all counts and percentiles, and are blamed on nobody.",
        "Watch less (--cpus, --module), or raise the events' thresholds; in an agent, drain.cpus"
            + " gives the drain thread a CPU that the target does not use.");
  }

  private static Metrics metrics(Recording recording, Tally.Sum<RunQueueWait> own) {
    Metrics metrics = new Metrics();
    metrics.put("records", recording.records().values().stream().mapToLong(n -> n).sum());
    metrics.put("lost", recording.losses().stream().mapToLong(Loss::count).sum());
    metrics.put("probes", probes(recording));
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
    metrics.put("bpf_run_time_ns", bpfTime(recording), NO_STATS);
    metrics.put(
        "clock_error_ns", recording.clock().errorNs(), "the recording holds no clock readings");
    return metrics;
  }

  private static List<Metrics> probes(Recording recording) {
    Map<String, ProbeState> states = new LinkedHashMap<>();
    Map<String, ProbeCosts> costs = new LinkedHashMap<>();
    recording.probes().forEach(state -> states.put(state.module() + '/' + state.probe(), state));
    recording.costs().stream()
        .filter(cost -> !isOwnThread(cost))
        .forEach(cost -> costs.put(cost.module() + '/' + cost.probe(), cost));
    List<String> keys = new ArrayList<>(states.keySet());
    costs.keySet().stream().filter(key -> !states.containsKey(key)).forEach(keys::add);
    return keys.stream()
        .sorted(Comparator.naturalOrder())
        .map(key -> probe(key, states.get(key), costs.get(key)))
        .toList();
  }

  private static Metrics probe(String key, ProbeState state, ProbeCosts cost) {
    Metrics row = new Metrics();
    row.put("module", key.substring(0, key.indexOf('/')));
    row.put("name", key.substring(key.indexOf('/') + 1));
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
