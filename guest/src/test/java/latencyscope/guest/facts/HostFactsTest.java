package latencyscope.guest.facts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import latencyscope.guest.hotspot.JvmArguments;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostFactsTest {
  private static final String CPUS = "sys/devices/system/cpu/";

  @TempDir Path root;

  private void file(String name, String text) throws Exception {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text + "\n");
  }

  private Map<String, String> facts() {
    HostFacts host = new HostFacts(root);
    Stream<HostFacts.Fact> all = Stream.concat(host.read().stream(), Stream.of(host.irqBalancer()));
    return all.collect(Collectors.toMap(f -> f.name(), f -> f.value()));
  }

  @Test
  void aHostThatTellsNothingHasNoFacts() {
    assertEquals(Map.of("irqbalance", "not running"), facts());
  }

  @Test
  void factsAreInTheKernelsWords() throws Exception {
    file("proc/cmdline", "quiet isolcpus=4-7 nohz_full=4-7 rcu_nocbs=4-7 mitigations=off");
    file("proc/711/comm", "irqbalance");
    file("proc/self/cgroup", "1:cpuset:/\n0::/engines");
    file("sys/fs/cgroup/engines/cpu.max", "250000 100000");
    file("sys/devices/system/node/online", "0-1");
    file("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never");
    file("proc/sys/vm/swappiness", "60");
    file(CPUS + "vulnerabilities/meltdown", "Mitigation: PTI");
    file(CPUS + "vulnerabilities/l1tf", "Not affected");
    for (int cpu = 0; cpu < 3; cpu++) {
      String governor = cpu == 2 ? "powersave" : "performance";
      file(CPUS + "cpu" + cpu + "/cpufreq/scaling_governor", governor);
    }
    idleState(0, "POLL", 0, 0);
    idleState(1, "C1", 2, 0);
    idleState(2, "C6", 133, 0);
    idleState(3, "C8", 600, 1);
    assertEquals(
        Map.ofEntries(
            Map.entry("isolcpus", "4-7"),
            Map.entry("nohz_full", "4-7"),
            Map.entry("rcu_nocbs", "4-7"),
            Map.entry("mitigations", "off"),
            Map.entry("mitigated", "meltdown"),
            Map.entry("transparent_hugepage", "madvise"),
            Map.entry("swappiness", "60"),
            Map.entry("governor", "performance+powersave"),
            Map.entry("deepest_idle_state", "C6, 133 us to leave"),
            Map.entry("numa_nodes", "0-1"),
            Map.entry("irqbalance", "running, pid 711"),
            Map.entry("cpu_quota", "250000 us in each 100000 us")),
        facts());
  }

  /** So that no remedy is given that cannot be carried out here. */
  @Test
  void settingsThatTheKernelDoesNotHaveAreSaidToBeAbsent() throws Exception {
    file("proc/sys/kernel/osrelease", "6.1.0");
    file("boot/config-6.1.0", "CONFIG_CPU_ISOLATION=y\n# CONFIG_RCU_NOCB_CPU is not set");
    file("proc/sys/vm/stat_interval", "1");
    file("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never");
    file("sys/fs/cgroup/cgroup.controllers", "cpu memory");
    file("proc/swaps", "Filename Type Size Used Priority\n/swap file 1 0 -2");
    file(CPUS + "cpuidle/current_driver", "none");
    Map<String, String> facts = facts();
    assertEquals("1", facts.get("vm.stat_interval"));
    assertEquals("madvise", facts.get("transparent_hugepage"));
    assertEquals("none", facts.get("cpuidle_driver"));
    assertEquals("absent", facts.get("nohz_full_cpus"));
    assertEquals("absent", facts.get("net.core.busy_read"));
    assertEquals("v2", facts.get("cgroup"));
    assertEquals("1", facts.get("swap_devices"));
    file(CPUS + "nohz_full", "");
    assertEquals("none", facts().get("nohz_full_cpus"));
    assertEquals(
        List.of("y", "absent"),
        new HostFacts(root).kernelConfig().stream().map(HostFacts.Fact::value).toList());
    assertEquals(List.of(), new HostFacts(root.resolve("nowhere")).kernelConfig());
  }

  private void idleState(int number, String name, int latency, int disabled) throws Exception {
    String folder = CPUS + "cpu0/cpuidle/state" + number + "/";
    file(folder + "name", name);
    file(folder + "latency", "" + latency);
    file(folder + "disable", "" + disabled);
  }

  /** The kernel tells of a number there in one piece, which is no way to test with other files. */
  @Test
  void numbersOfTheRunningKernelAreWhole() throws Exception {
    Path file = Path.of("/proc/sys/kernel/sched_rt_runtime_us");
    assumeTrue(Files.isReadable(file), () -> "no " + file);
    Process cat = new ProcessBuilder("cat", file.toString()).start();
    String number = new String(cat.getInputStream().readAllBytes()).strip();
    assertEquals(
        List.of(number),
        new HostFacts(Path.of("/"))
            .read().stream()
                .filter(fact -> fact.source().equals(file.toString()))
                .map(HostFacts.Fact::value)
                .toList());
  }

  @Test
  void thisHostTellsSomethingAndFromWhere() {
    List<HostFacts.Fact> facts = new HostFacts(Path.of("/")).read();
    assertFalse(facts.isEmpty());
    facts.forEach(fact -> assertFalse(fact.value().isBlank(), fact::toString));
  }

  @Test
  void theJvmsFlagsAreThoseThatItsManagementTells() throws Exception {
    assertEquals(ManagementFactory.getRuntimeMXBean().getInputArguments(), JvmArguments.read());
  }
}
