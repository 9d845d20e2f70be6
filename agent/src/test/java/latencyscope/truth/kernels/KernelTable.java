package latencyscope.truth.kernels;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import jdk.jfr.consumer.RecordedEvent;
import latencyscope.bpf.btf.ObjectFile;
import latencyscope.bpf.error.KernelChange;
import latencyscope.bpf.error.KernelVersion;
import latencyscope.truth.account.OurAccount;

/** The probes of one kernel: attached, by another hook, or unavailable and why. */
final class KernelTable {
  private static final String BEFORE = "__before_";
  private static final String OPTIONAL = "?";

  /**
   * Since when a kernel must have what a probe hooks, stable ones perhaps earlier; the others are
   * as old as Linux 5.10.
   */
  private static final Map<String, KernelVersion> SINCE =
      Map.of(
          "ls_tasklet_entry",
          KernelChange.TASKLET_TRACEPOINTS.since(),
          "ls_csd_function_entry",
          KernelChange.REMOTE_CALL_TRACEPOINTS.since(),
          "ls_csd_function_exit",
          KernelChange.REMOTE_CALL_TRACEPOINTS.since(),
          "ls_migrate_pages_start",
          KernelChange.MIGRATION_TRACEPOINT.since(),
          "ls_sk_data_ready",
          KernelChange.SOCKET_READY_TRACEPOINT.since(),
          "ls_sock_recv_length",
          KernelChange.SOCKET_LENGTH_TRACEPOINTS.since(),
          "ls_sock_send_length",
          KernelChange.SOCKET_LENGTH_TRACEPOINTS.since(),
          "ls_open_sockets",
          KernelChange.SOCKET_STORAGE_FOR_TRACING.since(),
          "ls_open_tcp_sockets",
          KernelChange.SOCKET_STORAGE_FOR_TRACING.since(),
          "ls_open_udp_sockets",
          KernelChange.SOCKET_STORAGE_FOR_TRACING.since());

  /** What a kernel must be built with to have what a probe hooks. */
  private static final Map<String, String> BUILT_WITH =
      Map.of(
          "ls_thermal_apic_entry", "CONFIG_X86_THERMAL_VECTOR",
          "ls_thermal_apic_exit", "CONFIG_X86_THERMAL_VECTOR",
          "ls_threshold_apic_entry", "CONFIG_X86_MCE_THRESHOLD",
          "ls_threshold_apic_exit", "CONFIG_X86_MCE_THRESHOLD",
          "ls_deferred_error_apic_entry", "CONFIG_X86_MCE_AMD",
          "ls_deferred_error_apic_exit", "CONFIG_X86_MCE_AMD",
          "ls_collapse_huge_page", "CONFIG_TRANSPARENT_HUGEPAGE");

  /** Those that a PREEMPT_RT kernel does without until it makes sockets' storage without locks. */
  private static final Set<String> OF_SOCKETS =
      Set.of(
          "ls_sk_data_ready",
          "ls_sock_recv_length",
          "ls_sock_send_length",
          "ls_open_sockets",
          "ls_open_tcp_sockets",
          "ls_open_udp_sockets");

  /**
   * A cell.
   *
   * @param text what is printed
   * @param reason why it is not attached; null if it is
   * @param missing whether a kernel of this age, built this way, must do better
   */
  record Cell(String text, String reason, boolean missing) {}

  private final KernelVersion kernel;
  private final boolean realTime;
  private final Set<String> configuration;
  private final Map<String, RecordedEvent> statuses = new TreeMap<>();

  /** A refusal of the whole capture; null if there was none. */
  final String refused;

  /**
   * The probes of a recording.
   *
   * @param configuration lines of the file that the kernel was built from; empty if it is not
   *     known, and then the kernel is taken to have everything
   */
  KernelTable(String release, String build, Collection<String> configuration, OurAccount ours) {
    kernel = KernelVersion.parse(release);
    realTime = build.contains("PREEMPT_RT");
    this.configuration = Set.copyOf(configuration);
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
      return new Cell("refused", refused, false);
    }
    String module = row.substring(0, row.indexOf(' '));
    String probe = row.substring(row.indexOf(' ') + 1);
    for (String program : programs) {
      RecordedEvent status = statuses.get(module + " " + program);
      if (status != null && status.getString("state").equals("attached")) {
        return new Cell(
            program.equals(probe) ? "attached" : "other hook: `" + program + "`", null, false);
      }
    }
    RecordedEvent status = statuses.get(row);
    if (status == null && !ObjectFile.named(module).hook(probe).startsWith(OPTIONAL)) {
      return new Cell("not told", "no word of it in the recording", true);
    }
    String excuse = excuse(probe);
    if (status == null) {
      return new Cell("not in this kernel", excuse == null ? "" : excuse, excuse == null);
    }
    boolean refusedAlone = status.getString("state").equals("refused");
    return new Cell(
        status.getString("state"), status.getString("reason"), refusedAlone || excuse == null);
  }

  /** Why this kernel need not have what a probe hooks; null if it must. */
  private String excuse(String probe) {
    String option = BUILT_WITH.get(probe);
    if (option != null && !configuration.isEmpty() && !configuration.contains(option + "=y")) {
      return "this kernel is built without " + option;
    }
    KernelVersion since =
        realTime && OF_SOCKETS.contains(probe)
            ? KernelChange.SOCKET_STORAGE_WITHOUT_LOCKS.since()
            : SINCE.getOrDefault(probe, KernelVersion.OLDEST);
    return kernel.compareTo(since) >= 0
        ? null
        : "Linux has it since " + since.major() + "." + since.minor();
  }
}
