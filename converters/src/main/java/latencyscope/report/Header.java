package latencyscope.report;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import latencyscope.analysis.Metrics;
import latencyscope.analysis.Report;
import latencyscope.recording.CaptureInfo;
import latencyscope.recording.CpuSet;
import latencyscope.recording.Host;
import latencyscope.recording.JvmInfo;
import latencyscope.recording.ProbeState;
import latencyscope.recording.Recording;

/** The lines above the panels: what was watched, where, and how much of it was seen. */
public final class Header {
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
    if (report.capture().metrics().get("bpf_run_time_ns") instanceof Long nanos
        && recording.capture().duration() > 0) {
      lines.add(probes(nanos));
    }
    long own = (Long) report.capture().metrics().get("own_wait_count");
    if (own > 0) {
      lines.add(inTheWay(own));
    }
    lines.add("");
    lines.add("Target: " + target());
    lines.add(
        String.format(
            Locale.ROOT,
            "Duration: %.1fs | Cores: %s",
            recording.capture().duration() / 1e9,
            cores()));
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
    line.append(", ").append(Numbers.count((Long) metrics.get("lost"))).append(" lost | ");
    line.append(drain(metrics)).append(" | ");
    line.append(Numbers.count(attached, "probe"));
    if (missing > 0) {
      line.append(", ").append(Numbers.count(missing)).append(" unavailable");
    }
    return line.toString();
  }

  private String probes(long nanos) {
    return String.format(
        Locale.ROOT,
        "Probes: %.2f %% of a CPU, by the kernel's statistics, which cost something themselves",
        100.0 * nanos / recording.capture().duration());
  }

  private String inTheWay(long waits) {
    String time = Numbers.time((Long) report.capture().metrics().get("own_wait_ns"));
    return "Own threads: in the target's way for "
        + time
        + " ("
        + Numbers.count(waits, "wait")
        + ")";
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
    name = name.isEmpty() ? "" : " (" + Columns.clean(name) + ")";
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
