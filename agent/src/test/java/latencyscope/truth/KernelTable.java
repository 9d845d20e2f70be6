package latencyscope.truth;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import jdk.jfr.consumer.RecordedEvent;
import latencyscope.bpf.KernelVersion;
import latencyscope.bpf.ObjectFile;

/** The probes of one kernel: attached, by another hook, or unavailable and why. */
final class KernelTable {
  private static final String BEFORE = "__before_";
  private static final String OPTIONAL = "?";

  /** Since when a kernel must have what a probe hooks; the others are as old as Linux 5.10. */
  private static final Map<String, KernelVersion> SINCE =
      Map.of(
          "ls_csd_function_entry", new KernelVersion(6, 5, 0),
          "ls_csd_function_exit", new KernelVersion(6, 5, 0),
          "ls_migrate_pages_start", new KernelVersion(5, 18, 0),
          "ls_sk_data_ready", new KernelVersion(6, 4, 0),
          "ls_sock_recv_length", new KernelVersion(6, 4, 0),
          "ls_sock_send_length", new KernelVersion(6, 4, 0),
          "ls_open_sockets", new KernelVersion(5, 11, 0));

  /** Those that a PREEMPT_RT kernel does without until it makes sockets' storage without locks. */
  private static final Set<String> OF_SOCKETS =
      Set.of("ls_sk_data_ready", "ls_sock_recv_length", "ls_sock_send_length", "ls_open_sockets");

  /** PREEMPT_RT kernels are built without transparent huge pages. */
  private static final Set<String> OF_HUGE_PAGES = Set.of("ls_collapse_huge_page");

  private static final KernelVersion SOCKETS_ON_REAL_TIME = new KernelVersion(7, 3, 0);

  /** A cell: what is printed, and whether a kernel of this age must do better. */
  record Cell(String text, boolean missing) {}

  private final KernelVersion kernel;
  private final boolean realTime;
  private final Map<String, RecordedEvent> statuses = new TreeMap<>();

  /** A refusal of the whole capture; null if there was none. */
  final String refused;

  KernelTable(String release, String build, OurAccount ours) {
    kernel = KernelVersion.parse(release);
    realTime = build.contains("PREEMPT_RT");
    String refusal = null;
    for (RecordedEvent status : ours.events("ProbeStatus")) {
      if (status.getString("probe") != null) {
        statuses.put(status.getString("module") + " " + status.getString("probe"), status);
      } else if (status.getString("module").equals("capture")) {
        refusal = status.getString("reason");
      }
    }
    refused = refusal;
  }

  /** Rows by module and probe; a probe of several programs has one. */
  static Map<String, List<String>> rows(List<String> modules) throws Exception {
    Map<String, List<String>> rows = new LinkedHashMap<>();
    for (String module : modules) {
      for (String program : ObjectFile.named(module).programs()) {
        rows.computeIfAbsent(module + " " + probeOf(program), row -> new ArrayList<>())
            .add(program);
      }
    }
    return rows;
  }

  private static String probeOf(String program) {
    int at = program.indexOf(BEFORE);
    return at < 0 ? program : program.substring(0, at);
  }

  /** How a probe fared. */
  Cell cell(String row, List<String> programs) throws Exception {
    if (refused != null) {
      return new Cell("refused", false);
    }
    String module = row.substring(0, row.indexOf(' '));
    String probe = row.substring(row.indexOf(' ') + 1);
    for (String program : programs) {
      RecordedEvent status = statuses.get(module + " " + program);
      if (status != null && status.getString("state").equals("attached")) {
        return new Cell(
            program.equals(probe) ? "attached" : "other hook: `" + program + "`", false);
      }
    }
    RecordedEvent status = statuses.get(row);
    boolean optional = ObjectFile.named(module).hook(probe).startsWith(OPTIONAL);
    if (status == null) {
      return new Cell(optional ? "not in this kernel" : "not told", !optional);
    }
    String reason = status.getString("reason");
    return new Cell(status.getString("state") + ": " + reason, mustBeThere(probe, status));
  }

  private boolean mustBeThere(String probe, RecordedEvent status) {
    if (status.getString("state").equals("refused")) {
      return true;
    }
    if (realTime && OF_HUGE_PAGES.contains(probe)) {
      return false;
    }
    KernelVersion since =
        realTime && OF_SOCKETS.contains(probe)
            ? SOCKETS_ON_REAL_TIME
            : SINCE.getOrDefault(probe, KernelVersion.OLDEST);
    return kernel.compareTo(since) >= 0;
  }
}
