package latencyscope.analysis;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import latencyscope.analysis.finding.Cost;
import latencyscope.analysis.finding.Finding;
import latencyscope.analysis.finding.Remedy;
import latencyscope.analysis.finding.Task;
import latencyscope.analysis.top.TopCause;
import latencyscope.jfr.Schema;
import latencyscope.proc.CpuSet;
import latencyscope.recording.Recording;
import latencyscope.recording.event.Distribution;
import latencyscope.recording.fact.CaptureInfo;
import latencyscope.recording.fact.Host;
import latencyscope.recording.fact.JvmInfo;
import latencyscope.recording.thread.ThreadId;

/** The values of a whole report under the keys of the JSON report. */
public final class ReportTree {
  private static final String NOT_RECORDED = "not in the recording";

  private ReportTree() {}

  /** The values that limits can be set on: all but verdicts, which follow from them. */
  static Metrics of(Recording recording, List<ModuleReport> modules) {
    CaptureInfo capture = recording.capture();
    Metrics tree = new Metrics();
    tree.put("host", host(recording));
    tree.put("target", target(recording));
    boolean described = recording.isDescribed();
    tree.put("started_at", described ? Instants.iso(capture.start()) : null, NOT_RECORDED);
    tree.put("duration_seconds", capture.duration() / 1e9);
    tree.put("captured", captured(recording));
    modules.forEach(module -> tree.put(module.module(), module.metrics()));
    uncaptured(modules)
        .forEach(module ->
            tree.put(
                module.module(),
                module.metrics().unmeasured("module " + module.module() + " was not captured")));
    return tree;
  }

  /** All values of a report. */
  public static Metrics of(Report report) {
    Metrics tree = of(report.recording(), report.modules());
    tree.put("exit_code", report.exitCode());
    tree.put("has_violations", report.violations() > 0);
    tree.put("has_warnings", report.warnings() > 0);
    tree.put("not_measured_count", (long) report.notMeasured());
    tree.put("verdicts", report.modules().stream().flatMap(ReportTree::verdicts).toList());
    tree.put(
        "distributions", report.modules().stream().flatMap(ReportTree::distributions).toList());
    tree.put("top_causes", report.topCauses().stream().map(ReportTree::cause).toList());
    tree.put("lost_time", LostMetrics.of(report.first()));
    tree.put("findings", report.findings().stream().map(ReportTree::finding).toList());
    tree.put("limits", report.limits().stream().map(ReportTree::limit).toList());
    return tree;
  }

  // A key that is missing is null to jq, which passes any limit.
  private static List<ModuleReport> uncaptured(List<ModuleReport> captured) {
    Set<String> there =
        captured.stream().map(ModuleReport::module).collect(Collectors.toUnmodifiableSet());
    return Analyzers.reportsOfNothing(Schema.modules()).stream()
        .filter(module -> !there.contains(module.module()))
        .toList();
  }

  private static Metrics host(Recording recording) {
    Host host = recording.host();
    boolean described = recording.isDescribed();
    Metrics tree = new Metrics();
    tree.put("kernel", host.kernel(), NOT_RECORDED);
    tree.put("cpus", list(host.online(), described), NOT_RECORDED);
    tree.put("isolated_cpus", list(host.isolated(), described), NOT_RECORDED);
    tree.put("nohz_full_cpus", list(host.nohzFull(), described), NOT_RECORDED);
    tree.put(
        "numa_nodes",
        described ? OptionalLong.of(host.numaNodes()) : OptionalLong.empty(),
        NOT_RECORDED);
    Metrics facts = new Metrics();
    recording.hostFacts().forEach(facts::put);
    return tree.put("facts", facts);
  }

  // Of each module: they are attached one after the other.
  private static Metrics captured(Recording recording) {
    Metrics tree = new Metrics();
    recording
        .captured()
        .forEach((module, time) -> {
          Metrics row = new Metrics();
          row.put("from", Instants.iso(time.from()));
          row.put("until", Instants.iso(time.until()));
          tree.put(module, row.put("duration_ns", time.duration()));
        });
    return tree;
  }

  private static String list(CpuSet cpus, boolean described) {
    return described ? cpus.toString() : null;
  }

  private static Metrics target(Recording recording) {
    CaptureInfo capture = recording.capture();
    boolean described = recording.isDescribed();
    Metrics tree = new Metrics();
    tree.put(
        "pid",
        described ? OptionalLong.of(capture.targetPid()) : OptionalLong.empty(),
        NOT_RECORDED);
    tree.put("command", capture.targetCommand(), NOT_RECORDED);
    tree.put("threads", described ? capture.threads() : null, NOT_RECORDED);
    tree.put("cpus", list(capture.cpus(), described), NOT_RECORDED);
    tree.put("alive", capture.targetAlive());
    return tree.put("jvm", jvm(recording).orElse(null));
  }

  // What the recorder's JVM says of itself is the target's only where the target recorded itself.
  private static Optional<Metrics> jvm(Recording recording) {
    String words = recording.capture().targetJvm();
    Optional<JvmInfo> recorder =
        recording.jvm().filter(jvm -> jvm.pid() == recording.capture().targetPid());
    if (words == null && recorder.isEmpty()) {
      return Optional.empty();
    }
    Metrics tree = new Metrics();
    tree.put("version", recorder.map(JvmInfo::version).orElse(words), NOT_RECORDED);
    return Optional.of(tree.put("gc", recorder.map(JvmInfo::collector).orElse(null), NOT_RECORDED));
  }

  private static Stream<Metrics> verdicts(ModuleReport module) {
    return module.verdicts().stream()
        .map(verdict -> {
          Metrics row = new Metrics();
          row.put("module", module.module());
          row.put("question", verdict.question() == null ? null : verdict.question().key());
          row.put("verdict", verdict.severity().name());
          row.put("text", verdict.text());
          return row.put("out_of_scope", verdict.outOfScope());
        });
  }

  private static Stream<Metrics> distributions(ModuleReport module) {
    return module.quantiles().stream()
        .map(quantiles -> {
          Distribution distribution = quantiles.distribution();
          Metrics row = new Metrics();
          row.put("module", module.module());
          row.put("title", quantiles.title());
          row.put("noun", quantiles.noun());
          row.put("count", distribution.count());
          row.put("total_ns", distribution.total());
          row.put("max_ns", distribution.max());
          row.put("unbinned", distribution.unbinned());
          return row.put("hdr", distribution.encoded());
        });
  }

  private static Metrics finding(Finding finding) {
    Metrics row = new Metrics();
    row.put("module", finding.module());
    row.put("severity", finding.severity().name());
    row.put("title", finding.title());
    row.put("thread", finding.thread() == null ? null : finding.thread().name());
    row.put("os_tid", finding.thread() == null ? null : (Long) finding.thread().osTid());
    row.put("culprit", finding.culpritInWords());
    row.put("culprit_task", task(finding.culpritTask()));
    put(row, finding.cost());
    row.put("evidence", finding.evidence());
    row.putTexts("stack", finding.stack());
    return put(row, finding.remedies());
  }

  private static void put(Metrics row, Cost cost) {
    row.put("count", cost.count());
    row.put("total_ns", cost.totalNs());
    row.put("worst_ns", cost.worstNs());
    row.put("at", cost.at() == null ? null : Instants.iso(cost.at()));
  }

  private static Metrics put(Metrics row, List<Remedy> remedies) {
    row.put("remedy", Remedy.text(remedies));
    return row.putTexts("remedy_commands", Remedy.commands(remedies));
  }

  private static Metrics cause(TopCause cause) {
    Metrics row = new Metrics();
    row.put("module", cause.worst().module());
    row.put("severity", cause.severity().name());
    row.put("title", cause.title());
    row.putTexts("threads", cause.threads().stream().map(ThreadId::name).toList());
    row.put("culprit", cause.worst().culpritInWords());
    put(row, cause.cost());
    row.put("lost_ns", cause.lostNs());
    return put(row, cause.remedies());
  }

  private static Metrics task(Task task) {
    return task == null
        ? null
        : new Metrics()
            .put("name", task.name())
            .put("pid", task.pid())
            .put("tid", task.tid())
            .put("work", task.work());
  }

  private static Metrics limit(Limit.Result result) {
    Metrics row = new Metrics();
    row.put("key", result.limit().key());
    row.put("limit", result.limit().limit());
    if (result.value() instanceof Double value) {
      row.put("value", value);
    } else {
      row.put("value", (Long) result.value());
    }
    if (result.whyNot() != null) {
      row.put("why_not", result.whyNot());
    }
    return row.put("passed", result.passed());
  }
}
