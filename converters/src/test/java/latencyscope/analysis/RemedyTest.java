package latencyscope.analysis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import latencyscope.recording.CaptureInfo;
import latencyscope.recording.CpuSet;
import latencyscope.recording.Host;
import latencyscope.recording.ThreadId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RemedyTest {
  private static final ThreadId VICTIM = new ThreadId(4720, "strategy", 31);

  private static String remedy(String online, String isolated, String cpus, int cpu, Task culprit) {
    CpuSet wanted = CpuSet.parse(cpus);
    CpuSet atBoot = CpuSet.parse(isolated);
    CaptureInfo capture =
        new CaptureInfo(
            "0.2.0", 4711, "engine", null, List.of("isolation"), "", wanted, "", true, 0, 0);
    Host host = new Host("6.18", CpuSet.parse(online), atBoot, atBoot, 1, null);
    return new Remedy(host, capture, wanted.plus(atBoot)).against(culprit, VICTIM, cpu);
  }

  private static Task task(String name, long pid) {
    return new Task(name, pid, pid, null);
  }

  private static String againstIdle(String virtualization) {
    CpuSet all = CpuSet.parse("0-7");
    Host host = new Host("6.18", all, CpuSet.EMPTY, CpuSet.EMPTY, 1, virtualization);
    CaptureInfo capture =
        new CaptureInfo("0.2.0", 4711, "e", null, List.of(), "", CpuSet.EMPTY, "", true, 0, 0);
    return new Remedy(host, capture, CpuSet.EMPTY).againstIdle();
  }

  @Test
  void idleStatesAreSetWhereTheyAreReal() {
    assertTrue(againstIdle("No virtualization detected").contains("cpupower idle-set"));
    assertTrue(againstIdle("KVM virtualization").contains("guest_halt_poll_ns"));
    assertFalse(againstIdle("KVM virtualization").contains("cpupower"));
    assertFalse(againstIdle("VMWare virtualization").contains("haltpoll"));
  }

  @Test
  void movesAForeignProcessToTheCpusThatAreLeft() {
    assertEquals(
        "Keep it off CPU 4:\n  taskset -apc 0-3 9001",
        remedy("0-7", "4-7", "4-7", 4, task("stress-ng", 9001)));
  }

  @Test
  void bootOptionsOnlyWhereTheyAreNotSet() {
    String remedy = remedy("0-7", "", "4-7", 4, task("stress-ng", 9001));
    assertTrue(
        remedy.endsWith("For good, boot with: isolcpus=4-7 nohz_full=4-7 rcu_nocbs=4-7"), remedy);
  }

  @Test
  void onSharedCpusPinsTheThread() {
    assertEquals(
        "Keep it off CPU 1, and pin the thread there:\n  taskset -apc 0 9001\n  taskset -pc 1 4720",
        remedy("0-1", "", "", 1, task("stress-ng", 9001)));
  }

  @Test
  void movesOnlyTheThreadOfTheTargetItself() {
    String remedy = remedy("0-7", "4-7", "4-7", 4, new Task("md-feed", 4721, 4711, null));
    assertTrue(remedy.endsWith("\n  taskset -pc 0-3 4721"), remedy);
  }

  @Test
  void unboundWorkHasAMask() {
    assertEquals(
        "Keep unbound kernel work off CPU 4:\n  echo f > /sys/devices/virtual/workqueue/cpumask",
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
    assertEquals(
        "This host has one CPU: there is none to move anything to.",
        remedy("0", "", "", 0, task("stress-ng", 9001)));
    String all = remedy("0-1", "", "0-1", 0, task("stress-ng", 9001));
    assertFalse(all.contains("taskset") || all.contains("isolcpus"), all);
  }
}
