package latencyscope.recording;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import latencyscope.jfr.Schema;
import latencyscope.recording.thread.ThreadId;
import org.HdrHistogram.Histogram;

/**
 * A recording of which every verdict is PASS, with all modules, from which one thing after the
 * other can be taken out.
 */
public final class GoodRecording {
  /** The application's thread. */
  public static final ThreadId STRATEGY = new ThreadId(4720, "strategy", 0);

  private static final ThreadId VM = new ThreadId(4712, "VM Thread", 0);
  private static final long MS = 1_000_000;
  private static final long SECOND = 1_000 * MS;

  private final Set<String> off = new HashSet<>();
  private final Set<String> cut = new HashSet<>();
  private final Map<String, Long> thresholds = new TreeMap<>();
  private final Map<String, List<String>> probes = new LinkedHashMap<>();
  private final List<String> lost = new ArrayList<>();
  private final List<Set<String>> offBefore = new ArrayList<>();
  private String cpus = "1";
  private String threads = "";
  private String targetCpus = "1";
  private boolean silent;
  private boolean told = true;
  private long duration = 10 * SECOND;

  /** All of it, of a capture without limits. */
  public GoodRecording() {
    limitedTo("", "", null);
    module("isolation", "sched_switch sched_wakeup sched_wakeup_new sched_waking");
    module("isolation", "sched_move_numa sched_swap_numa sched_migrate_task");
    module("irq", "irq_handler_entry irq_handler_exit softirq_entry softirq_exit local_timer_exit");
    module("memory", "page_fault_user page_fault_kernel page_faults_min page_faults_maj");
    module("memory", "tlb_flush csd_function_entry collapse_huge_page migrate_pages");
    module("syscall", "sys_enter sys_exit sched_waking");
    module("network", "napi_poll netif_receive_skb sk_data_ready sock_recv_length");
    module("network", "open_sockets kfree_skb");
  }

  private void module(String module, String programs) {
    for (String program : programs.split(" ")) {
      probes.put(module + "/ls_" + program, List.of("attached"));
    }
  }

  /** Every probe, as {@code module/name}. */
  public Set<String> probes() {
    return probes.keySet();
  }

  /** An event type was off. */
  public GoodRecording off(String type) {
    off.add(type);
    cut.add(type);
    return this;
  }

  /** An event type was off in an interval before the others. */
  public GoodRecording offBefore(String type) {
    offBefore.add(Set.of(type));
    return this;
  }

  /** The events of a type were filtered out of the file. */
  public GoodRecording cut(String type) {
    cut.add(type);
    return this;
  }

  /** Events of a type were kept from a length on. */
  public GoodRecording from(String type, long ns) {
    thresholds.put(type, ns);
    return this;
  }

  /** A probe had these states, one after the other. */
  public GoodRecording probe(String probe, String... states) {
    probes.put(probe, List.of(states));
    return this;
  }

  /** Records of a type were lost; null for what was not even counted. */
  public GoodRecording lost(String module, String type) {
    lost.add(module + '/' + type);
    return this;
  }

  /** It covers so much time. */
  public GoodRecording lasting(long ns) {
    duration = ns;
    return this;
  }

  /** An older version did not say which event types were on. */
  public GoodRecording ofOlderVersion() {
    told = false;
    return this;
  }

  /** The capture was limited; the target ran on these CPUs. */
  public GoodRecording limitedTo(String onlyCpus, String onlyThreads, String ranOn) {
    cpus = onlyCpus;
    threads = onlyThreads;
    targetCpus = ranOn;
    return this;
  }

  /** No thread of the target had any event or count. */
  public GoodRecording silent() {
    silent = true;
    return this;
  }

  /** The recording. */
  public Scene scene() {
    Scene scene = Scene.empty();
    long from = Scene.START;
    for (Set<String> without : offBefore) {
      capture(scene, from - SECOND, SECOND, without);
    }
    capture(scene, from, duration, off);
    probes.forEach((probe, states) -> {
      String[] parts = probe.split("/");
      states.forEach(state ->
          about(scene, "ProbeStatus", "module", parts[0], "probe", parts[1], "state", state));
    });
    for (String loss : lost) {
      String[] parts = loss.split("/");
      String type = parts[1].equals("null") ? null : "latencyscope." + parts[1];
      about(
          scene, "RecordsLost", "module", parts[0], "type", type, "count", 7L, "reason", "no room");
    }
    about(
        scene,
        "InterruptAffinity",
        "irq",
        27L,
        "devices",
        "eth0",
        "allowedCpus",
        "0",
        "effectiveCpus",
        "0",
        "managed",
        "no",
        "irqbalancePid",
        0L,
        "counted",
        0L);
    ofCpus(scene);
    ofThreadsAnywhere(scene);
    if (!silent) {
      ofThreads(scene);
      ofJvm(scene);
    }
    return scene;
  }

  private void capture(Scene scene, long start, long length, Set<String> without) {
    String events =
        Schema.types().stream()
            .map(type -> type.name().substring("latencyscope.".length()))
            .filter(type -> !without.contains(type))
            .map(type -> thresholds.containsKey(type) ? type + "=" + thresholds.get(type) : type)
            .collect(Collectors.joining("+"));
    about(
        scene,
        "Capture",
        "startTime",
        start,
        "duration",
        length,
        "version",
        "0.3.0",
        "targetPid",
        4711L,
        "modules",
        "isolation+irq+memory+syscall+network",
        "threads",
        threads,
        "cpus",
        cpus,
        "networkInterface",
        "",
        "targetAlive",
        true,
        "events",
        told ? events : null,
        "targetCpus",
        targetCpus,
        "kernel",
        "6.18.1",
        "onlineCpus",
        "0-1",
        "numaNodes",
        2L);
  }

  private void about(Scene scene, String name, Object... fields) {
    if (!cut.contains(name)) {
      scene.about(name, fields);
    }
  }

  /** What does not depend on the target. */
  private void ofCpus(Scene scene) {
    histogram(scene, "irq", "net_time", 100, 900, "subject", "local", "subjectName", "local-timer");
    for (String measure : List.of("polls", "packets", "poll_work")) {
      count(scene, "network", measure, 40, "subject", "device", "subjectName", "eth0");
    }
    histogram(scene, "network", "poll", 40, 4_000, "subject", "device", "subjectName", "eth0");
  }

  /** What the kernel accounts of a thread, whichever CPUs are captured. */
  private void ofThreadsAnywhere(Scene scene) {
    Object[] strategy = {"thread", "strategy", "osThreadId", 4720L};
    count(scene, "isolation", "waits_untraced", 2, strategy);
    count(scene, "isolation", "run_delay_ns", 9, strategy);
    count(scene, "syscall", "active_ns", SECOND, strategy);
  }

  private void ofThreads(Scene scene) {
    Object[] strategy = {"thread", "strategy", "osThreadId", 4720L};
    for (String measure : List.of("voluntary_switches", "migrations_wake", "run_delay_count")) {
      count(scene, "isolation", measure, 100, strategy);
    }
    histogram(scene, "isolation", "runqueue_wakeup", 100, 3_000, strategy);
    kernel(scene, "isolation", "RunQueueWait", 3_000, "kind", "wakeup");
    kernel(scene, "isolation", "ContextSwitch", 90_000, "voluntary", true);
    kernel(scene, "isolation", "Migration", 0, "cause", "wake", "toCpu", 1L);
    histogram(scene, "irq", "stolen_local", 100, 900, strategy);
    kernel(scene, "irq", "LocalInterrupt", 900, "vector", "local-timer", "net", 900L);
    for (String measure : List.of("minor_faults", "shootdowns_received")) {
      count(scene, "memory", measure, 20, strategy);
    }
    histogram(scene, "memory", "fault_anonymous", 20, 400, strategy);
    kernel(scene, "memory", "PageFault", 400, "kind", "minor", "region", "anonymous");
    for (String measure : List.of("syscalls", "blocked_ns")) {
      count(scene, "syscall", measure, 100, strategy);
    }
    histogram(scene, "syscall", "futex_woken", 20, 8 * MS, strategy);
    kernel(scene, "syscall", "FutexWait", 8 * MS, "operation", "wait-bitset", "outcome", "woken");
    Object[] vm = {"thread", "VM Thread", "osThreadId", 4712L};
    histogram(scene, "syscall", "blocking_call", 20, 2 * MS, vm);
    if (!cut.contains("BlockingSyscall")) {
      scene.kernelOf("syscall", "BlockingSyscall", VM, 5 * MS, 2 * MS, 1, "call", "read");
    }
    for (String measure : List.of("deliveries", "delivered_bytes")) {
      count(scene, "network", measure, 20, strategy);
    }
    histogram(scene, "network", "delivery", 20, 30_000, strategy);
    kernel(scene, "network", "SocketDelivery", 30_000, "protocol", "udp", "localPort", 9_000L);
  }

  private static void ofJvm(Scene scene) {
    scene
        .jvm("jdk.ThreadPark", STRATEGY, 0, 20 * MS, "parkedClass", "Idle")
        .jvm("jdk.SafepointBegin", VM, 300 * MS, 50_000, "safepointId", 7L)
        .jvm("jdk.SafepointEnd", VM, 309_100_000, 20_000, "safepointId", 7L)
        .jvm("jdk.GCPhasePause", VM, 305 * MS, 4_100_000, "name", "GC Pause", "gcId", 3L)
        .keptFrom("jdk.SafepointBegin", "0 ns")
        .keptFrom("jdk.GCPhasePause", "0 ns");
  }

  private void kernel(Scene scene, String module, String type, long ns, Object... fields) {
    if (!cut.contains(type)) {
      scene.kernelOf(module, type, STRATEGY, 5 * MS, ns, 1, fields);
    }
  }

  private void count(Scene scene, String module, String measure, long value, Object... whose) {
    List<Object> fields = new ArrayList<>(List.of(whose));
    fields.addAll(
        List.of(
            "startTime",
            Scene.START,
            "duration",
            1L,
            "module",
            module,
            "measure",
            measure,
            "value",
            value));
    about(scene, "Counter", fields.toArray());
  }

  private void histogram(
      Scene scene, String module, String measure, long count, long ns, Object... whose) {
    Histogram histogram = new Histogram(3);
    histogram.recordValueWithCount(ns, count);
    List<Object> fields = new ArrayList<>(List.of(whose));
    fields.addAll(
        List.of(
            "startTime",
            Scene.START,
            "duration",
            1L,
            "module",
            module,
            "measure",
            measure,
            "count",
            count,
            "total",
            count * ns,
            "max",
            ns,
            "unbinned",
            0L,
            "distribution",
            Fixture.encode(histogram)));
    about(scene, "Histogram", fields.toArray());
  }
}
