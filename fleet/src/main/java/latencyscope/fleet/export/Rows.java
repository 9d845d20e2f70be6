package latencyscope.fleet.export;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import latencyscope.analysis.Report;
import latencyscope.analysis.finding.Culprit;
import latencyscope.analysis.finding.Finding;
import latencyscope.analysis.finding.Interrupter;
import latencyscope.analysis.finding.Task;
import latencyscope.contract.Outcome;
import latencyscope.contract.check.CheckResult;
import latencyscope.fleet.duckdb.Appender;
import latencyscope.fleet.duckdb.Database;
import latencyscope.fleet.table.Table;
import latencyscope.fleet.table.Tables;
import latencyscope.ledger.Ledger;
import latencyscope.ledger.Part;
import latencyscope.ledger.Window;
import latencyscope.ledger.explain.Stall;
import latencyscope.ledger.lost.ThreadLoss;
import latencyscope.recording.ClockRelation;
import latencyscope.recording.Recording;
import latencyscope.recording.WallClocks;
import latencyscope.recording.event.Distribution;
import latencyscope.recording.event.Subject;
import latencyscope.recording.fact.CaptureInfo;
import latencyscope.recording.fact.Host;
import latencyscope.recording.fact.JvmInfo;
import latencyscope.recording.fact.Loss;
import latencyscope.recording.thread.ThreadId;

/** Writes what a recording contains into tables. Used by one thread. */
final class Rows {
  private final Database database;
  private final RecordingFile file;
  private final Contents contents;
  private final Recording recording;

  Rows(Database database, RecordingFile file, Contents contents) {
    this.database = database;
    this.file = file;
    this.contents = contents;
    this.recording = contents.report().recording();
  }

  /** Writes all tables but the single events. */
  void write() throws SQLException {
    capture();
    facts();
    distributions();
    counters();
    findings();
    stalls();
  }

  private interface Filling {
    void fill(Appender rows) throws SQLException;
  }

  private void fill(Table table, Filling filling) throws SQLException {
    try (Appender rows = database.appender(table.name())) {
      filling.fill(rows);
    }
  }

  private void capture() throws SQLException {
    Report report = contents.report();
    CaptureInfo capture = recording.capture();
    Host host = recording.host();
    boolean described = recording.isDescribed();
    CheckResult check = contents.check();
    fill(
        Tables.CAPTURES,
        rows ->
            rows.add(
                Tables.VERSION,
                file.name(),
                file.bytes(),
                described ? capture.start() : file.beganNs(),
                capture.duration(),
                capture.version(),
                host.kernel(),
                described ? host.online().toString() : null,
                described ? host.isolated().toString() : null,
                described ? host.nohzFull().toString() : null,
                described ? (Integer) host.numaNodes() : null,
                host.virtualization(),
                described ? (Long) capture.targetPid() : null,
                capture.targetCommand(),
                jvm(),
                collector(),
                capture.targetAlive(),
                String.join("+", capture.modules()),
                capture.threads(),
                capture.cpus().toString(),
                report.exitCode(),
                report.violations(),
                report.warnings(),
                report.notMeasured(),
                check == null ? null : check.count(Outcome.PASSED),
                check == null ? null : check.count(Outcome.VIOLATED),
                check == null ? null : check.count(Outcome.INCONCLUSIVE),
                recording.records().values().stream().mapToLong(Long::longValue).sum(),
                recording.losses().stream().mapToLong(Loss::count).sum(),
                recording.clock().errorNs().isPresent()
                    ? (Long) recording.clock().errorNs().getAsLong()
                    : null,
                String.join("+", file.chunks())));
  }

  // What the recorder's JVM says of itself is the target's only where the target recorded itself.
  private JvmInfo recorder() {
    return recording.jvm().filter(jvm -> jvm.pid() == recording.capture().targetPid()).orElse(null);
  }

  private String jvm() {
    JvmInfo own = recorder();
    return own == null ? recording.capture().targetJvm() : own.shortVersion();
  }

  private String collector() {
    JvmInfo own = recorder();
    return own == null ? null : own.collector();
  }

  private void facts() throws SQLException {
    Map<String, String> facts = new LinkedHashMap<>(recording.hostFacts());
    facts.remove(Exporter.HOST_NAME);
    // Each boot has another one: hosts would have nothing in common but that it changed.
    facts.remove(ClockRelation.BOOT_ID);
    facts.keySet().removeIf(WallClocks::isMomentary);
    facts.put("kernel", recording.host().kernel());
    facts.put("virtualization", recording.host().virtualization());
    facts.put("online_cpus", recording.host().online().toString());
    facts.put("target_jvm", jvm());
    facts.put("target_gc", collector());
    facts.put("tool_version", recording.capture().version());
    fill(
        Tables.FACTS,
        rows -> {
          for (Map.Entry<String, String> fact : facts.entrySet()) {
            if (fact.getValue() != null) {
              rows.add(fact.getKey(), fact.getValue());
            }
          }
        });
  }

  private Set<String> modules() {
    Set<String> modules = new TreeSet<>(recording.captured().keySet());
    modules.addAll(recording.capture().modules());
    return modules;
  }

  private void distributions() throws SQLException {
    Map<Owner, Distribution> all = new LinkedHashMap<>();
    for (String module : modules()) {
      recording
          .distributions(module)
          .forEach((measure, threads) ->
              threads.forEach((thread, of) -> add(all, module, measure, thread, of)));
      recording
          .subjectDistributions(module)
          .forEach((measure, subjects) ->
              subjects.forEach(
                  (subject, of) -> all.put(new Owner(module, measure, null, subject), of)));
    }
    contents
        .operations()
        .forEach((owner, of) -> add(all, owner.module(), owner.measure(), owner.thread(), of));
    fill(
        Tables.MEASURES,
        rows -> {
          for (Map.Entry<Owner, Distribution> entry : all.entrySet()) {
            bins(rows, entry.getKey().columns(), entry.getValue());
          }
        });
    fill(
        Tables.DISTRIBUTIONS,
        rows -> {
          for (Map.Entry<Owner, Distribution> entry : all.entrySet()) {
            Distribution of = entry.getValue();
            rows.add(entry.getKey().columns(), of.count(), of.total(), of.max(), of.unbinned());
          }
        });
  }

  private void add(
      Map<Owner, Distribution> all,
      String module,
      String measure,
      ThreadId thread,
      Distribution distribution) {
    Owner owner = new Owner(module, measure, recording.latest(thread), null);
    all.merge(owner, distribution, Distribution::plus);
  }

  private static void bins(Appender rows, Object[] owner, Distribution distribution)
      throws SQLException {
    SQLException[] failure = new SQLException[1];
    distribution.forEachBin((upper, count) -> {
      try {
        rows.add(owner, upper, count);
      } catch (SQLException e) {
        failure[0] = e;
      }
    });
    if (failure[0] != null) {
      throw failure[0];
    }
  }

  private void counters() throws SQLException {
    Set<String> modules = new TreeSet<>(recording.captured().keySet());
    modules.addAll(recording.capture().modules());
    fill(
        Tables.COUNTERS,
        rows -> {
          for (String module : modules) {
            rows.add(Owner.ofModule(module, "captured_ns").columns(), recording.capturedNs(module));
            for (Map.Entry<String, Map<ThreadId, Long>> measure :
                recording.counters(module).byMeasure().entrySet()) {
              for (Map.Entry<ThreadId, Long> one : measure.getValue().entrySet()) {
                ThreadId thread = recording.latest(one.getKey());
                rows.add(
                    new Owner(module, measure.getKey(), thread, null).columns(), one.getValue());
              }
            }
            for (Map.Entry<String, Map<Subject, Long>> measure :
                recording.subjectCounts(module).entrySet()) {
              for (Map.Entry<Subject, Long> one : measure.getValue().entrySet()) {
                rows.add(
                    new Owner(module, measure.getKey(), null, one.getKey()).columns(),
                    one.getValue());
              }
            }
          }
          lost(rows);
        });
  }

  private void lost(Appender rows) throws SQLException {
    for (ThreadLoss loss : contents.report().first().lost().threads()) {
      rows.add(new Owner("lost", "captured_ns", loss.thread(), null).columns(), loss.captured());
      rows.add(
          new Owner("lost", "unexplained_ns", loss.thread(), null).columns(), loss.unexplained());
      for (ThreadLoss.Part part : loss.parts()) {
        String kind = part.kind().key();
        rows.add(new Owner("lost", kind + "_ns", loss.thread(), null).columns(), part.ns());
        rows.add(new Owner("lost", kind, loss.thread(), null).columns(), part.count());
      }
    }
  }

  private void findings() throws SQLException {
    Report report = contents.report();
    Set<Finding> lost = Collections.newSetFromMap(new IdentityHashMap<>());
    Set<Finding> all = Collections.newSetFromMap(new IdentityHashMap<>());
    List<Finding> ordered = new ArrayList<>();
    report
        .topCauses()
        .forEach(cause -> {
          lost.addAll(cause.losses());
          cause.findings().stream().filter(all::add).forEach(ordered::add);
        });
    report
        .measured()
        .flatMap(module -> module.findings().stream())
        .filter(all::add)
        .forEach(ordered::add);
    fill(
        Tables.FINDINGS,
        rows -> {
          for (Finding finding : ordered) {
            finding(rows, finding, lost.contains(finding));
          }
        });
  }

  private static void finding(Appender rows, Finding finding, boolean lost) throws SQLException {
    String thread = finding.thread() == null ? null : finding.thread().name();
    List<String> commands = finding.commands();
    rows.add(
        finding.module(),
        finding.severity().name(),
        finding.kind().name().toLowerCase(Locale.ROOT),
        finding.title(),
        thread,
        Owner.group(thread),
        finding.culpritInWords(),
        group(finding.culprit()),
        finding.count(),
        finding.totalNs(),
        finding.worstNs(),
        finding.at(),
        lost ? finding.cost().totalOrZero() : 0,
        finding.details(),
        finding.remedy(),
        commands.isEmpty() ? null : String.join("\n", commands),
        finding.stack().isEmpty() ? null : String.join("\n", finding.stack()));
  }

  private static String group(Culprit culprit) {
    if (culprit instanceof Task task) {
      return Owner.group(task.name()) + (task.work() == null ? "" : " (" + task.work() + ")");
    }
    if (culprit instanceof Interrupter interrupter) {
      return interrupter.source().isDevice()
          ? Owner.group(interrupter.source().name())
          : interrupter.source().describe();
    }
    return culprit == null ? null : Owner.group(culprit.describe());
  }

  private void stalls() throws SQLException {
    fill(
        Tables.STALLS,
        rows -> {
          for (int i = 0; i < contents.stalls().size(); i++) {
            Stall stall = contents.stalls().get(i);
            Window window = stall.longest();
            ThreadId thread = recording.latest(window.thread());
            rows.add(
                i + 1,
                window.event(),
                window.label(),
                thread.name(),
                thread.osTid(),
                window.start(),
                window.duration(),
                stall.others(),
                contents.ledgers().get(i).unexplained());
          }
        });
    fill(
        Tables.LEDGER,
        rows -> {
          for (int i = 0; i < contents.ledgers().size(); i++) {
            ledger(rows, i + 1, contents.ledgers().get(i));
          }
        });
  }

  private static void ledger(Appender rows, int stall, Ledger ledger) throws SQLException {
    for (Part part : ledger.parts()) {
      rows.add(
          stall,
          part.cause().key(),
          part.culprit(),
          part.task() == null ? Owner.group(part.culprit()) : group(part.task()),
          part.within(),
          part.detail(),
          part.cpu(),
          part.ns(),
          part.longest(),
          part.stretches());
    }
  }
}
