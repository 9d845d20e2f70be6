package latencyscope.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import latencyscope.Golden;
import latencyscope.audit.AuditItem.State;
import latencyscope.audit.output.AuditJson;
import latencyscope.audit.output.AuditText;
import latencyscope.proc.CpuSet;
import latencyscope.report.Style;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What stands against low latency on hosts that were written by hand. */
class AuditTest {
  @TempDir Path root;

  private Audit audit(String host, long pid) throws IOException {
    RecordedHost.write(host, root);
    return Audit.of(root, pid);
  }

  private static Set<String> names(Audit audit, State state) {
    return audit.in(state).stream()
        .map(AuditItem::name)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static AuditItem item(Audit audit, String name) {
    List<AuditItem> found =
        audit.items().stream().filter(item -> item.name().equals(name)).toList();
    assertEquals(1, found.size(), name);
    return found.get(0);
  }

  @Test
  void everyMistakeOfAServerIsFound() throws IOException {
    Audit audit = audit("bare-metal-64", 4711);
    assertEquals(
        new TreeSet<>(
            Set.of(
                "governor",
                "deepest idle state",
                "SMT siblings of isolated CPUs",
                "workqueue mask",
                "clocksource",
                "nmi_watchdog",
                "watchdog CPUs",
                "irqbalance",
                "IRQ 24 nvme0q1 (managed)",
                "IRQ 25 eth0-rx-0",
                "transparent huge pages",
                "swap",
                "KSM",
                "kernel.numa_balancing",
                "NUMA nodes",
                "memory channels",
                "eth0 RX ring",
                "eth0 coalescing",
                "eth0 LRO",
                "eth0 RPS/XPS",
                "eth0 PCIe link",
                "eth0 NUMA node",
                "UDP receive buffer errors",
                "backlog drops",
                "-XX:-UsePerfData",
                "-XX:+DisableExplicitGC",
                "heap size",
                "collector")),
        names(audit, State.AGAINST).stream().collect(Collectors.toCollection(TreeSet::new)));
    assertEquals(1, audit.exitCode());
    assertEquals("performance: 0-62, powersave: 63", item(audit, "governor").current());
    assertEquals(
        "C1 (2 us): 0-31, C6 (133 us): 32-63", item(audit, "deepest idle state").current());
    assertEquals(
        "echo 0 > /sys/devices/system/cpu/cpu47/online",
        item(audit, "SMT siblings of isolated CPUs").command());
    assertEquals(
        "echo ffffffff,ffff000f > /sys/devices/virtual/workqueue/cpumask",
        item(audit, "workqueue mask").command());
    assertEquals(
        "echo 0-3,16-63 > /proc/irq/25/smp_affinity_list",
        item(audit, "IRQ 25 eth0-rx-0").command());
    assertTrue(item(audit, "IRQ 24 nvme0q1 (managed)").boot());
    assertEquals("512", item(audit, "eth0 RX ring").current());
    assertEquals("ethtool -G eth0 rx 4096", item(audit, "eth0 RX ring").command());
    assertEquals("10 dropped, 1 squeezed since boot", item(audit, "backlog drops").current());
    assertEquals("8.0 GT/s PCIe x8", item(audit, "eth0 PCIe link").current());
    assertEquals("{mc0=3, mc1=2}", item(audit, "memory channels").current());
    assertEquals("-Xms8g -Xmx16g", item(audit, "heap size").current());
    assertEquals(State.OK, item(audit, "mitigations").state(), "decided at boot");
  }

  @Test
  void aVirtualMachineThatIsRightHasNothingAgainstIt() throws IOException {
    Audit audit = audit("vm", 0);
    assertEquals(Set.of(), names(audit, State.AGAINST));
    assertEquals(0, audit.exitCode());
    assertEquals(
        Set.of(
            "governor",
            "deepest idle state",
            "mitigations",
            "memory channels",
            "CPU quota",
            "memory.high"),
        names(audit, State.ABSENT));
  }

  @Test
  void aContainerShowsItsLimits() throws IOException {
    Audit audit = audit("container", 0);
    assertEquals("150000 us in each 100000 us", item(audit, "CPU quota").current());
    assertEquals(State.AGAINST, item(audit, "memory.high").state());
    assertEquals("tsc=reliable", item(audit, "clocksource").command());
    assertTrue(item(audit, "clocksource").boot());
    assertEquals("none", item(audit, "nohz_full").current());
  }

  @Test
  void flagsOfAJvmThatIsRight() throws IOException {
    Audit audit = audit("container", 1);
    List<AuditItem> jvm = audit.items().stream().filter(item -> item.area().equals("jvm")).toList();
    assertEquals(5, jvm.size());
    assertTrue(jvm.stream().allMatch(item -> item.state() == State.OK), jvm::toString);
  }

  @Test
  void everyItemSaysWhyAndHow() throws IOException {
    for (AuditItem item : audit("bare-metal-64", 4711).items()) {
      assertTrue(item.why().endsWith("."), item::toString);
      assertFalse(item.source().isBlank(), item::toString);
      assertEquals(item.state() == State.ABSENT, item.current() == null, item::toString);
      assertEquals(item.state() == State.AGAINST, item.command() != null, item::toString);
    }
  }

  /** The commands for the user and the values that tune writes are about the same. */
  @Test
  void whatCanBeChangedWhileTheHostRunsIsAValueOfAFile() throws IOException {
    Audit audit = audit("bare-metal-64", 4711);
    assertEquals(
        List.of(Setting.list("proc/irq/25/smp_affinity_list", CpuSet.parse("0-3,16-63"))),
        item(audit, "IRQ 25 eth0-rx-0").settings());
    assertEquals(
        List.of(
            new Setting(
                "sys/devices/virtual/workqueue/cpumask",
                Setting.Form.CPU_MASK,
                "ffffffff,ffff000f")),
        item(audit, "workqueue mask").settings());
    assertEquals(
        List.of(
            Setting.text("sys/devices/system/cpu/cpu63/cpufreq/scaling_governor", "performance")),
        item(audit, "governor").settings());
    // Of states that differ, those that take too long; C1 takes 2 us.
    assertTrue(
        item(audit, "deepest idle state").settings().stream()
            .allMatch(s -> s.file().matches(".*cpu(3[2-9]|[456]\\d)/cpuidle/state2/disable")),
        () -> item(audit, "deepest idle state").settings().toString());
    for (AuditItem item : audit.items()) {
      boolean against = item.state() == State.AGAINST;
      assertTrue(against || item.settings().isEmpty() && item.helps().isEmpty(), item::toString);
      assertTrue(!item.boot() || item.settings().isEmpty(), item::toString);
      for (Setting setting : item.settings()) {
        assertTrue(Files.exists(root.resolve(setting.file())), setting::toString);
      }
    }
  }

  @Test
  void declaredCpusAreKeptFreeAsIsolatedOnesAre() throws IOException {
    RecordedHost.write("vm", root);
    AuditItem mask = item(Audit.of(root, 0, CpuSet.parse("1")), "workqueue mask");
    assertEquals(State.AGAINST, mask.state());
    assertEquals("1", mask.settings().get(0).value());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "TEXT|performance|performance",
        "CHOICE|always [madvise] never|madvise",
        "CHOICE|never|never",
        "CPU_LIST|0,1,2|0-2",
        "CPU_LIST|(null)|(null)",
        "CPU_MASK|00000000,0000000f|f",
        "CPU_MASK|1,00000000|1,00000000"
      })
  void textsOfOneValueAreTheSame(Setting.Form form, String text, String value) {
    assertEquals(value, form.of(text + "\n"));
  }

  @Test
  void anEmptyHostHasNothingButWhatIsNotThere() {
    Audit audit = Audit.of(root, 0);
    // Without a file, isolation and what rests on it cannot be told from "none".
    assertEquals(Set.of("isolated CPUs", "nohz_full", "rcu_nocbs"), names(audit, State.AGAINST));
  }

  @Test
  void text() throws IOException {
    Audit audit = audit("container", 0);
    Golden.check("audit.txt", AuditText.of(audit, Style.plain(ZoneId.of("UTC"))));
  }

  @Test
  void json() throws IOException {
    Audit audit = audit("vm", 0);
    JsonNode tree = new ObjectMapper().readTree(AuditJson.of(audit));
    assertEquals(0, tree.get("exit_code").asInt());
    assertEquals(audit.items().size(), tree.get("items").size());
    JsonNode first = tree.at("/items/0");
    assertEquals("absent", first.get("state").asText());
    assertTrue(first.get("current").isNull());
  }
}
