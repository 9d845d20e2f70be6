package latencyscope.diff;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import latencyscope.analysis.Percentiles;
import latencyscope.recording.event.Distribution;
import latencyscope.report.name.ProcessName;

/** Compares two reports in their JSON form. Immutable. */
public final class Comparer {
  // Where more of it is worse. What is neither, such as voluntary switches, is left out.
  private static final Map<String, String> COUNTS = new LinkedHashMap<>();

  static {
    COUNTS.put("isolation.involuntary_switches", "Involuntary switches");
    COUNTS.put("isolation.involuntary_switches_monitored", "Involuntary switches on given CPUs");
    COUNTS.put("isolation.total_migrations", "Migrations");
    COUNTS.put("irq.total_irq_count", "Device interrupts");
    COUNTS.put("irq.softirq_count", "Softirqs");
    COUNTS.put("irq.stolen_count", "Interrupts of the target's threads");
    COUNTS.put("memory.minor_fault_count", "Minor faults");
    COUNTS.put("memory.major_fault_count", "Major faults");
    COUNTS.put("memory.tlb_shootdowns_received", "TLB shootdowns received");
    COUNTS.put("syscall.contended_wait_count", "Waits for locks");
    COUNTS.put("syscall.blocking_io_count", "Blocking calls");
    COUNTS.put("syscall.sleep_event_count", "Sleeps");
    COUNTS.put("network.drop_count", "Packets dropped");
    COUNTS.put("network.socket_drop_count", "Packets dropped at sockets");
    COUNTS.put("network.delivery_slow_count", "Slow deliveries");
    COUNTS.put("network.napi_budget_exhausted_count", "NAPI polls without budget left");
    COUNTS.put("jvm.gc_pause_count", "GC pauses");
    COUNTS.put("jvm.safepoint_count", "Safepoints");
  }

  private static final double NANOS_PER_SECOND = 1e9;

  private final JsonNode before;
  private final JsonNode after;
  private final List<String> notes;

  private Comparer(JsonNode before, JsonNode after) {
    this.before = before;
    this.after = after;
    this.notes = new ArrayList<>(Comparability.notes(before, after));
  }

  /** Compares. */
  public static Comparison compare(ReportFile before, ReportFile after, List<GrowthLimit> limits) {
    Comparer comparer = new Comparer(before.json(), after.json());
    List<Row> rows = new ArrayList<>(comparer.distributions());
    rows.addAll(comparer.counts());
    int comparisons = (int) rows.stream().filter(row -> row.chance() != null).count();
    return new Comparison(
        head(before),
        head(after),
        rows.stream().map(row -> row.judged(comparisons)).toList(),
        Causes.onlyIn(comparer.after, comparer.before),
        Causes.onlyIn(comparer.before, comparer.after),
        limits.stream().map(comparer::check).toList(),
        comparer.notes);
  }

  private static Comparison.Head head(ReportFile report) {
    JsonNode json = report.json();
    JsonNode target = json.path("target");
    long pid = target.path("pid").asLong(-1);
    String command =
        target.path("command").isTextual()
            ? " " + ProcessName.of(target.path("command").asText())
            : "";
    return new Comparison.Head(
        report.file().toString(),
        json.path("started_at").textValue(),
        json.path("duration_seconds").asDouble(),
        pid == 0 ? "every process" : pid < 0 ? "unknown" : "PID " + pid + command,
        json.path("exit_code").asInt());
  }

  private Comparison.LimitResult check(GrowthLimit limit) {
    return limit.check(number(before, limit.limit().key()), number(after, limit.limit().key()));
  }

  /** The number at a dotted path; null if there is none, or a text in its place. */
  private static Double number(JsonNode report, String path) {
    JsonNode node = report.at("/" + path.replace('.', '/'));
    return node.isNumber() ? (Double) node.asDouble() : null;
  }

  private List<Row> counts() {
    List<Row> rows = new ArrayList<>();
    COUNTS.forEach((path, label) -> {
      Double one = number(before, path);
      Double two = number(after, path);
      String module = path.substring(0, path.indexOf('.'));
      double secondsBefore = seconds(before, module);
      double secondsAfter = seconds(after, module);
      if (one == null || two == null || one + two == 0 || secondsBefore <= 0 || secondsAfter <= 0) {
        return;
      }
      rows.add(
          new Row(
              module,
              label,
              Row.RATE,
              one / secondsBefore,
              two / secondsAfter,
              RateTest.chance(one.longValue(), secondsBefore, two.longValue(), secondsAfter),
              Row.Verdict.UNKNOWN));
    });
    return rows;
  }

  // Each module has its own time. Reports of versions before 0.3 have one for all, as what the JVM
  // counts has.
  private static double seconds(JsonNode report, String module) {
    JsonNode captured = report.path("captured").path(module).path("duration_ns");
    return captured.isNumber()
        ? captured.asDouble() / NANOS_PER_SECOND
        : report.path("duration_seconds").asDouble();
  }

  private List<Row> distributions() {
    List<Row> rows = new ArrayList<>();
    for (JsonNode one : before.path("distributions")) {
      String module = one.path("module").asText();
      String title = one.path("title").asText();
      Optional<JsonNode> two = same(after, module, title);
      if (two.isPresent()) {
        try {
          rows.addAll(percentiles(module, title, distribution(one), distribution(two.get())));
        } catch (IllegalArgumentException e) {
          notes.add("The distribution of " + title + " cannot be decoded, and is not compared.");
        }
      }
    }
    return rows;
  }

  private static Optional<JsonNode> same(JsonNode report, String module, String title) {
    for (JsonNode node : report.path("distributions")) {
      if (node.path("module").asText().equals(module)
          && node.path("title").asText().equals(title)) {
        return Optional.of(node);
      }
    }
    return Optional.empty();
  }

  private static Distribution distribution(JsonNode node) {
    return Distribution.decoded(
        node.path("count").asLong(),
        node.path("total_ns").asLong(),
        node.path("max_ns").asLong(),
        node.path("unbinned").asLong(),
        node.path("hdr").asText());
  }

  private static List<Row> percentiles(
      String module, String title, Distribution one, Distribution two) {
    List<Row> rows = new ArrayList<>();
    for (Percentiles.P p : Percentiles.ALL) {
      OptionalLong a = p.of(one);
      OptionalLong b = p.of(two);
      if (a.isPresent() && b.isPresent()) {
        rows.add(
            new Row(
                module,
                title + " " + p.label(),
                Row.TIME,
                a.getAsLong(),
                b.getAsLong(),
                chance(a.getAsLong(), one, two),
                Row.Verdict.UNKNOWN));
      }
    }
    if (one.count() > 0 && two.count() > 0) {
      // A maximum is one occurrence: nothing can be said of what the next capture's will be.
      rows.add(
          new Row(
              module, title + " max", Row.TIME, one.max(), two.max(), null, Row.Verdict.UNKNOWN));
    }
    return rows;
  }

  // A percentile has moved if the share of what lies beyond its old place has.
  private static double chance(long value, Distribution one, Distribution two) {
    return RateTest.chance(one.beyond(value), one.binned(), two.beyond(value), two.binned());
  }
}
