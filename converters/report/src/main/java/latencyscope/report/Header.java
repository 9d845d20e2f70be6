package latencyscope.report;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import latencyscope.analysis.Metrics;
import latencyscope.analysis.Report;
import latencyscope.analysis.number.Numbers;
import latencyscope.analysis.number.Printable;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.proc.CpuSet;
import latencyscope.recording.Recording;
import latencyscope.recording.fact.CaptureInfo;
import latencyscope.recording.fact.CapturedTime;
import latencyscope.recording.fact.FullTimes;
import latencyscope.recording.fact.Host;
import latencyscope.recording.fact.JvmInfo;
import latencyscope.recording.fact.ProbeCosts;
import latencyscope.recording.fact.ProbeState;
import latencyscope.report.name.ProcessName;

/** The lines above the panels: what was watched, where, and how much of it was seen. */
public final class Header {
  /** Less than what is printed of a duration. */
  private static final long SAME_NS = 50_000_000;

  private static final String SYSCALL = "syscall";

  private final Report report;
  private final Recording recording;
  private final ZoneId zone;

  /**
   * Creates the lines of a report.
   *
   * @param zone zone of wall-clock times
   */
  public Header(Report report, ZoneId zone) {
    this.report = report;
    this.recording = report.recording();
    this.zone = zone;
  }

  /** The lines, of which the first is the title; empty ones part them. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(Product.NAME + " v" + Product.version() + " — HFT Latency Profiler");
    lines.add("");
    lines.add(capture());
    if (report.capture().metrics().get("bpf_run_time_ns") instanceof Long
        && recording.capture().duration() > 0) {
      lines.add(probes());
    }
    Metrics capture = report.capture().metrics();
    if (isMoreThanNone(capture, "own_wait_count")
        || isMoreThanNone(capture, "own_lock_wait_count")) {
      lines.add(ownDelays(capture));
    }
    lines.add("");
    lines.add("Target: " + target());
    lines.add(
        String.format(
            Locale.ROOT,
            "Duration: %.1fs | Cores: %s",
            recording.capture().duration() / 1e9,
            cores()));
    if (!recording.capture().threads().isEmpty()) {
      lines.add("Threads: " + recording.capture().threads());
    }
    captured().ifPresent(lines::add);
    fullResolution().ifPresent(lines::add);
    if (recording.isDescribed()) {
      lines.add("Started: " + Numbers.dateAndClock(recording.capture().start(), zone));
    }
    if (recording.host().kernel() != null) {
      lines.add("Kernel: " + recording.host().kernel());
    }
    String jvm = jvm();
    if (jvm != null) {
      lines.add("JVM: " + jvm);
    }
    return lines;
  }

  private String capture() {
    Metrics metrics = report.capture().metrics();
    long missing = recording.probes().stream().filter(p -> !p.attached()).count();
    long attached = recording.probes().stream().filter(ProbeState::attached).count();
    StringBuilder line = new StringBuilder("Capture: ");
    line.append(Numbers.count((Long) metrics.get("records"), "record"));
    line.append(", ");
    line.append(
        metrics.get("lost") instanceof Long lost ? Numbers.count(lost) : "unknown how many");
    line.append(" lost | ");
    line.append(drain(metrics)).append(" | ");
    line.append(Numbers.count(attached, "probe"));
    if (missing > 0) {
      line.append(", ").append(Numbers.count(missing)).append(" unavailable");
    }
    return line.toString();
  }

  private String probes() {
    double share = 0;
    for (ProbeCosts cost : recording.costs()) {
      long captured = recording.capturedNs(cost.module());
      share += captured > 0 ? 100.0 * cost.timeNs() / captured : 0;
    }
    return String.format(
        Locale.ROOT,
        "Probes: %.2f %% of a CPU, by the kernel's statistics, which cost something themselves",
        share);
  }

  /** When each module captured; empty if that is as long as the whole capture for all. */
  private Optional<String> captured() {
    long whole = recording.capture().duration();
    Map<String, CapturedTime> captured = recording.captured();
    if (captured.values().stream().allMatch(time -> Math.abs(time.duration() - whole) < SAME_NS)) {
      return Optional.empty();
    }
    return captured.entrySet().stream()
        .sorted(Comparator.comparingLong(entry -> entry.getValue().from()))
        .map(entry ->
            String.format(
                Locale.ROOT,
                "%s %.1fs from %s",
                entry.getKey(),
                entry.getValue().duration() / 1e9,
                toTenths(entry.getValue().from())))
        .reduce((a, b) -> a + ", " + b)
        .map(modules -> "Captured: " + modules);
  }

  /** Where every occurrence is recorded; empty if no log was read. */
  private Optional<String> fullResolution() {
    return recording.fullTimes().entrySet().stream()
        .filter(entry -> !entry.getValue().isEmpty())
        .map(entry ->
            String.format(
                Locale.ROOT,
                "%s %.1fs until %s",
                entry.getKey(),
                last(entry.getValue()).ns() / 1e9,
                toTenths(last(entry.getValue()).until())))
        .reduce((a, b) -> a + ", " + b)
        .map(modules -> "Every occurrence: " + modules);
  }

  private static FullTimes.Stretch last(List<FullTimes.Stretch> stretches) {
    return stretches.get(stretches.size() - 1);
  }

  private static boolean isMoreThanNone(Metrics metrics, String key) {
    return metrics.get(key) instanceof Long count && count > 0;
  }

  private String ownDelays(Metrics capture) {
    String waits =
        capture.get("own_wait_count") instanceof Long count
            ? "delayed the target by "
                + Numbers.time((Long) capture.get("own_wait_ns"))
                + " ("
                + Numbers.count(count, "wait")
                + ")"
            : "waits for a CPU not measured";
    return "Own threads: " + waits + heldLocks(capture);
  }

  private String heldLocks(Metrics capture) {
    if (!(capture.get("own_lock_wait_count") instanceof Long count)) {
      return "; locks not measured";
    }
    String time = Numbers.time((Long) capture.get("own_lock_wait_ns"));
    return ", and through locks by "
        + time
        + (count == 0
            ? ""
            : " ("
                + Numbers.count(count, "wait")
                + ", worst "
                + Numbers.time((Long) capture.get("own_lock_wait_max_ns"))
                + ")")
        + locksLeftOut();
  }

  /** Waits of the target for locks of ours that the recording cannot have. */
  private String locksLeftOut() {
    long raised = recording.highestFloor(EventTypes.FUTEX_WAIT);
    long from = Math.max(raised, recording.types().keptFrom(EventTypes.FUTEX_WAIT).orElse(0));
    String tooShort =
        from == 0
            ? ""
            : "waits shorter than "
                + Numbers.time(from)
                + (raised > 0 ? " at times" : "")
                + ", and ";
    return recording
        .captured(SYSCALL)
        .map(time ->
            "; not counted: "
                + tooShort
                + "those before "
                + toTenths(time.from())
                + ", while modules were loaded")
        .orElse("");
  }

  private String toTenths(long time) {
    return Numbers.clockToTenths(time, zone);
  }

  private String drain(Metrics metrics) {
    long duration = recording.capture().duration();
    if (!(metrics.get("drain_cpu_ns") instanceof Long nanos) || duration == 0) {
      return "drain cost unknown";
    }
    String share = String.format(Locale.ROOT, "drain %.2f %% CPU", 100.0 * nanos / duration);
    return metrics.get("setup_cpu_ns") instanceof Long setUp
        ? share + " after " + Numbers.time(setUp) + " of set-up"
        : share;
  }

  private String target() {
    CaptureInfo capture = recording.capture();
    if (capture.targetPid() < 0) {
      return "unknown";
    }
    if (capture.targetPid() == 0) {
      return "every process";
    }
    String name = ProcessName.of(capture.targetCommand());
    name = name.isEmpty() ? "" : " (" + Printable.text(name) + ")";
    return "PID " + capture.targetPid() + name + (capture.targetAlive() ? "" : ", which ended");
  }

  private String cores() {
    CpuSet cpus = recording.capture().cpus();
    Host host = recording.host();
    if (cpus.isEmpty()) {
      String isolated = host.isolated().isEmpty() ? "" : ", isolated: " + host.isolated();
      return host.online().isEmpty() ? "unknown" : "all (" + host.online() + isolated + ")";
    }
    return cpus + (host.isolated().containsAll(cpus) ? " (isolated)" : " (not isolated)");
  }

  private String jvm() {
    CaptureInfo capture = recording.capture();
    Optional<JvmInfo> own = recording.jvm().filter(jvm -> jvm.pid() == capture.targetPid());
    String version =
        capture.targetJvm() != null
            ? capture.targetJvm()
            : own.map(JvmInfo::shortVersion).orElse(null);
    String collector = own.map(JvmInfo::collector).orElse(null);
    return collector == null || version == null ? version : version + ", " + collector;
  }
}
