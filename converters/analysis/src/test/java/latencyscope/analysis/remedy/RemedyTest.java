package latencyscope.analysis.remedy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import latencyscope.analysis.Culprits;
import latencyscope.analysis.finding.HostSettings;
import latencyscope.analysis.finding.Remedy;
import latencyscope.analysis.finding.Task;
import latencyscope.analysis.memory.MemoryRemedy;
import latencyscope.analysis.network.NetworkRemedy;
import latencyscope.analysis.syscall.SyscallRemedy;
import latencyscope.jfr.schema.HostSetting;
import latencyscope.proc.CpuSet;
import latencyscope.recording.Fixture;
import latencyscope.recording.Recording;
import latencyscope.recording.thread.ThreadId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RemedyTest {
  private static final ThreadId VICTIM = new ThreadId(4720, "strategy", 31);

  private static Fixture host(String online, String isolated, String cpus) {
    return new Fixture()
        .add(
            "Capture",
            "duration",
            1L,
            "targetPid",
            4711L,
            "targetAlive",
            true,
            "modules",
            "isolation",
            "cpus",
            cpus,
            "onlineCpus",
            online,
            "isolatedCpus",
            isolated,
            "nohzFullCpus",
            isolated,
            "numaNodes",
            1L);
  }

  private static Fixture with(Fixture host, String fact, String value) {
    return host.add("HostFact", "name", fact, "value", value, "source", "/proc");
  }

  private static String remedy(String online, String isolated, String cpus, int cpu, Task culprit) {
    CpuSet guarded = CpuSet.parse(cpus).plus(CpuSet.parse(isolated));
    Recording recording = host(online, isolated, cpus).recording();
    return Remedy.text(new TaskRemedy(recording, guarded).against(culprit, VICTIM, cpu));
  }

  private static Task task(String name, long pid) {
    return new Task(name, pid, pid, null);
  }

  private static String againstIdle(String virtualization, String driver) {
    Fixture host = with(host("0-7", "", ""), "cpuidle_driver", driver);
    return Remedy.text(
        new TaskRemedy(host.virtualization(virtualization).recording(), CpuSet.EMPTY)
            .againstIdle());
  }

  @Test
  void idleStatesAreSetWhereTheyAreReal() {
    String none = "No virtualization detected";
    assertTrue(againstIdle(none, "intel_idle").contains("cpupower idle-set"));
    assertFalse(againstIdle(none, "none").contains("cpupower"));
    assertFalse(againstIdle(none, "absent").contains("cpupower"));
    String kvm = "KVM virtualization";
    assertTrue(againstIdle(kvm, "haltpoll").contains("guest_halt_poll_ns"));
    assertFalse(againstIdle(kvm, "none").contains("guest_halt_poll_ns"));
    assertFalse(againstIdle(kvm, "haltpoll").contains("cpupower"));
    assertFalse(againstIdle("VMWare virtualization", "haltpoll").contains("haltpoll"));
  }

  @Test
  void movesAForeignProcessToTheCpusThatAreLeft() {
    assertEquals(
        "Keep stress-ng (pid 9001) off CPU 4:\n  taskset -apc 0-3 9001",
        remedy("0-7", "4-7", "4-7", 4, task("stress-ng", 9001)));
  }

  @Test
  void bootOptionsOnlyWhereTheyAreNotSet() {
    String remedy = remedy("0-7", "", "4-7", 4, task("stress-ng", 9001));
    assertTrue(
        remedy.endsWith(
            "To make it permanent, boot with: isolcpus=4-7 nohz_full=4-7" + " rcu_nocbs=4-7"),
        remedy);
  }

  @Test
  void onSharedCpusPinsTheThread() {
    assertEquals(
        "Keep stress-ng (pid 9001) off CPU 1, and pin strategy there:\n  taskset -apc 0 9001\n "
            + " taskset -pc 1 4720",
        remedy("0-1", "", "", 1, task("stress-ng", 9001)));
  }

  @Test
  void pinsNoThreadOfTheJvmsOwn() {
    ThreadId worker = new ThreadId(4722, "GC Thread#3", 0);
    TaskRemedy remedy = new TaskRemedy(host("0-1", "", "").recording(), CpuSet.EMPTY);
    assertEquals(
        "Keep stress-ng (pid 9001) off CPU 1:\n  taskset -apc 0 9001",
        Remedy.text(remedy.against(task("stress-ng", 9001), worker, 1)));
  }

  @Test
  void movesOnlyTheThreadOfTheTargetItself() {
    String remedy = remedy("0-7", "4-7", "4-7", 4, new Task("md-feed", 4721, 4711, null));
    assertTrue(remedy.endsWith("\n  taskset -pc 0-3 4721"), remedy);
  }

  @Test
  void unboundWorkHasAMask() {
    assertEquals(
        "Keep unbound kernel work (kworker/u16:3) off CPU 4:\n  echo f >"
            + " /sys/devices/virtual/workqueue/cpumask",
        remedy("0-7", "4-7", "4-7", 4, task("kworker/u16:3", 77)));
  }

  @Test
  void interruptThreadsFollowTheirInterrupt() {
    String remedy = remedy("0-7", "4-7", "4-7", 4, task("irq/142-nvme0q5", 301));
    assertTrue(remedy.endsWith("\n  echo 0-3 > /proc/irq/142/smp_affinity_list"), remedy);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kworker/4:0",
        "kworker/4:1H-kblockd",
        "migration/4",
        "ksoftirqd/4",
        "cpuhp/4",
        "rcuc/4"
      })
  void whatIsBoundToItsCpuIsNotMoved(String name) {
    String remedy = remedy("0-7", "4-7", "4-7", 4, task(name, 33));
    assertFalse(remedy.contains("taskset"), remedy);
    assertTrue(remedy.contains("cannot be moved"), remedy);
  }

  @Test
  void noCommandWhereThereIsNoOtherCpu() {
    String one = remedy("0", "", "", 0, task("stress-ng", 9001));
    assertTrue(one.startsWith("This host has one CPU: nothing can be moved elsewhere."), one);
    assertFalse(one.contains("taskset"), one);
    String all = remedy("0-1", "", "0-1", 0, task("stress-ng", 9001));
    assertFalse(all.contains("taskset") || all.contains("isolcpus"), all);
  }

  private static String foreign(Fixture host) {
    CpuSet wanted = CpuSet.parse("4-7");
    return Remedy.text(
        new TaskRemedy(host.recording(), wanted).against(task("stress-ng", 9001), VICTIM, 4));
  }

  /** This kernel would ignore the option without a word. */
  @Test
  void noBootOptionThatTheKernelDoesNotHave() {
    Fixture kernel = with(host("0-7", "", "4-7"), "nohz_full_cpus", "absent");
    String remedy = foreign(kernel);
    assertTrue(
        remedy.endsWith("To make it permanent, boot with: isolcpus=4-7" + " rcu_nocbs=4-7"),
        remedy);
    with(kernel, "CONFIG_RCU_NOCB_CPU", "absent");
    with(kernel, "CONFIG_CPU_ISOLATION", "absent");
    assertFalse(foreign(kernel).contains("boot with"), foreign(kernel));
    String set = foreign(with(host("0-7", "", "4-7"), "rcu_nocbs", "2-7"));
    assertTrue(set.endsWith("isolcpus=4-7 nohz_full=4-7"), set);
  }

  @Test
  void noSettingThatIsAbsentOrSetAlready() {
    Task statistics = new Task("kworker/4:1", 77, 77, "vmstat_update");
    Fixture host = with(host("0-7", "4-7", "4-7"), "vm.stat_interval", "1");
    CpuSet wanted = CpuSet.parse("4-7");
    String raised =
        Remedy.text(new TaskRemedy(host.recording(), wanted).against(statistics, VICTIM, 4));
    assertTrue(raised.endsWith("\n  sysctl -w vm.stat_interval=120"), raised);
    for (String value : List.of("absent", "120", "3600")) {
      with(host, "vm.stat_interval", value);
      String without =
          Remedy.text(new TaskRemedy(host.recording(), wanted).against(statistics, VICTIM, 4));
      assertFalse(without.contains("sysctl"), without);
    }
    with(host, "workqueue_cpumask", "absent");
    Task unbound = task("kworker/u16:3", 77);
    assertEquals(List.of(), new TaskRemedy(host.recording(), wanted).against(unbound, VICTIM, 4));
  }

  /** What the thread was pinned to, or killed by, is over when its process has ended. */
  @Test
  void noCommandOnThreadsThatHaveEnded() {
    Fixture host = host("0-1", "", "");
    host.add(
        "Capture", "duration", 1L, "targetPid", 4711L, "targetAlive", false, "onlineCpus", "0-1");
    TaskRemedy remedy = new TaskRemedy(host.recording(), CpuSet.EMPTY);
    assertEquals(
        "Keep stress-ng (pid 9001) off CPU 1:\n  taskset -apc 0 9001",
        Remedy.text(remedy.against(task("stress-ng", 9001), VICTIM, 1)));
    Task own = new Task("md-feed", 4721, 4711, null);
    assertFalse(Remedy.text(remedy.against(own, VICTIM, 1)).contains("taskset"));
    assertFalse(Remedy.text(remedy.against(Task.QUOTA, VICTIM, 1)).contains("4720"));
  }

  @Test
  void quotaIsNamedAsThisHostNamesIt() {
    Fixture host = host("0-1", "", "");
    assertTrue(quota(host).contains("(cpu.max;"), quota(host));
    assertTrue(quota(with(host, "cgroup", "v1")).contains("(cpu.cfs_quota_us;"), quota(host));
  }

  private static String quota(Fixture host) {
    return Remedy.text(
        new TaskRemedy(host.recording(), CpuSet.EMPTY).against(Task.QUOTA, VICTIM, 1));
  }

  @Test
  void memoryIsSetAsThisHostCanBe() {
    Fixture host = host("0-1", "", "");
    Task khugepaged = task("khugepaged", 50);
    assertTrue(Remedy.text(memory(host).againstShootdowns(khugepaged)).contains("echo madvise"));
    with(host, "transparent_hugepage", "madvise");
    assertEquals(List.of(), memory(host).againstShootdowns(khugepaged));
    Task compaction = task("kcompactd0", 51);
    assertTrue(
        Remedy.text(memory(host).againstShootdowns(compaction))
            .contains("compaction_proactiveness=0"));
    with(host, "vm.compaction_proactiveness", "absent");
    assertEquals(List.of(), memory(host).againstShootdowns(compaction));
  }

  private static MemoryRemedy memory(Fixture host) {
    Recording recording = host.recording();
    return new MemoryRemedy(recording, new Culprits(recording));
  }

  @Test
  void networkIsSetAsThisHostCanBe() {
    Fixture host = host("0-1", "", "");
    assertTrue(rcvbuf(host).endsWith(":\n  sysctl -w net.core.rmem_max=33554432"), rcvbuf(host));
    with(host, "net.core.rmem_max", "67108864");
    assertTrue(rcvbuf(host).endsWith("(SO_RCVBUF)."), rcvbuf(host));
    with(host, "net.core.rmem_max", "absent");
    assertTrue(rcvbuf(host).endsWith("(SO_RCVBUF)."), rcvbuf(host));
    with(host, "net.ipv4.udp_mem", "4096\t8192\t16384");
    String pages = Remedy.text(network(host).againstDrops("PROTO_MEM", null));
    assertTrue(pages.endsWith("udp_mem='262144 524288 1048576'"), pages);
  }

  private static String rcvbuf(Fixture host) {
    return Remedy.text(network(host).againstDrops("SOCKET_RCVBUFF", null));
  }

  private static NetworkRemedy network(Fixture host) {
    return new NetworkRemedy(new HostSettings(host.recording().hostFacts()));
  }

  /** The table says of each what the host must be like for it to be given. */
  @Test
  void everyRemedyIsInTheDocument() throws Exception {
    String table = Files.readString(Path.of("..", "..", "docs", "remedies.md"));
    List<Class<?>> producers =
        List.of(
            TaskRemedy.class,
            InterruptRemedy.class,
            MemoryRemedy.class,
            NetworkRemedy.class,
            SyscallRemedy.class);
    List<String> missing = new ArrayList<>();
    for (Class<?> producer : producers) {
      for (Method method : producer.getDeclaredMethods()) {
        if (method.getReturnType() == List.class && !Modifier.isPrivate(method.getModifiers())) {
          check(table, producer.getSimpleName() + "." + method.getName(), missing);
        }
      }
    }
    for (HostSetting setting : HostSetting.values()) {
      check(table, setting.file(), missing);
    }
    assertEquals(List.of(), missing);
  }

  private static void check(String table, String name, List<String> missing) {
    if (!table.contains("`" + name + "`")) {
      missing.add(name);
    }
  }

  /** A setting is advised through the host's facts, or it would be advised where it is not. */
  @Test
  void noRemedySetsWhatIsNotAsked() throws Exception {
    List<String> own = new ArrayList<>();
    try (Stream<Path> files = Files.walk(Path.of("src/main/java/latencyscope/analysis"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        boolean asks = file.endsWith("HostSettings.java");
        if (!asks && Files.readString(file).contains("sysctl -w")) {
          own.add(file.toString());
        }
      }
    }
    assertEquals(List.of(), own);
  }
}
