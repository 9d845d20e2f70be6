package latencyscope.truth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import jdk.jfr.consumer.RecordedEvent;
import latencyscope.bpf.libbpf.KernelTest;
import latencyscope.jfr.Profile;
import latencyscope.jfr.Schema;
import latencyscope.truth.account.OurAccount;
import latencyscope.truth.engine.Commands;
import latencyscope.truth.engine.Engine;
import latencyscope.truth.engine.Jcmd;
import latencyscope.truth.engine.KernelObjects;
import latencyscope.truth.engine.Launch;
import latencyscope.truth.workload.BusyEngine;
import latencyscope.truth.workload.NappingEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a recording says of the capture itself: on which host, by which probes, at what cost. */
@KernelTest
class AccountIT {
  private static final int CONTEXT_SWITCH = 1;
  private static final String CPUS = "/sys/devices/system/cpu";

  /** What of the host matters, and a command that tells it; nothing where the host does not. */
  private static final Map<String, String> FACTS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("isolcpus", bootOption("isolcpus")),
              Map.entry("nohz_full", bootOption("nohz_full")),
              Map.entry("rcu_nocbs", bootOption("rcu_nocbs")),
              Map.entry("mitigations", bootOption("mitigations")),
              Map.entry(
                  "mitigated",
                  "cd " + CPUS + "/vulnerabilities; grep -l ^Mitigation * | LC_ALL=C sort | xargs"),
              Map.entry(
                  "governor",
                  "cat " + CPUS + "/cpu[0-9]*/cpufreq/scaling_governor | sort -u | paste -sd+"),
              Map.entry(
                  "deepest_idle_state",
                  "cd "
                      + CPUS
                      + "/cpu0/cpuidle && grep -L 1 state*/disable"
                      + " | while read d; do s=${d%/*}; echo $(cat $s/latency $s/name); done"
                      + " | sort -n | tail -1 | sed 's/\\([^ ]*\\) \\(.*\\)/\\2, \\1 us to leave/'"),
              Map.entry(
                  "transparent_hugepage",
                  "grep -o '\\[.*\\]' /sys/kernel/mm/transparent_hugepage/enabled | tr -d []"),
              Map.entry("swappiness", "sysctl -n vm.swappiness"),
              Map.entry("vm.stat_interval", "sysctl -n vm.stat_interval"),
              Map.entry("cpuidle_driver", "cat " + CPUS + "/cpuidle/current_driver"),
              Map.entry("sched_rt_runtime_us", "sysctl -n kernel.sched_rt_runtime_us"),
              Map.entry(
                  "clocksource",
                  "cat /sys/devices/system/clocksource/clocksource0/current_clocksource"),
              Map.entry("numa_nodes", "cat /sys/devices/system/node/online"),
              Map.entry("numa_balancing", "cat /proc/sys/kernel/numa_balancing"),
              Map.entry("smt", "cat " + CPUS + "/smt/active"),
              Map.entry("server", "cat /sys/class/dmi/id/product_name"),
              Map.entry("bios_version", "cat /sys/class/dmi/id/bios_version"),
              Map.entry("cpu_model", ofFirstCpu("model name")),
              Map.entry("microcode", ofFirstCpu("microcode"))));

  private static String ofFirstCpu(String key) {
    return "grep -m 1 '^" + key + "' /proc/cpuinfo | sed 's/.*: //'";
  }

  private static String bootOption(String name) {
    return "tr ' ' '\\n' </proc/cmdline | grep '^" + name + "=' | head -1 | cut -d= -f2-";
  }

  @TempDir Path folder;

  private Path errors;
  private Path recording;

  private Engine start(Launch launch) throws IOException {
    errors = folder.resolve("stderr.txt");
    recording = folder.resolve("capture.jfr");
    return launch.start(errors);
  }

  private Engine engine(Launch launch) throws IOException {
    Engine engine = start(launch);
    engine.await("ready");
    return engine;
  }

  @Test
  void aRecordingSaysWhatItWasMadeWithOnThisHost() throws Exception {
    Instant before = Instant.now();
    long beforeNs = System.nanoTime();
    try (Engine engine = engine(Launch.of(NappingEngine.class).with("-Xmx100m").withAgent())) {
      Set<String> programs = capture(engine, engine.pid(), "start");
      assertHostIsTold(engine.pid());
      OurAccount ours = OurAccount.read(recording);
      assertCaptureIsTold(ours, engine.pid());
      assertClockIsTold(ours, before, beforeNs);
      assertProbesAreTold(ours, programs);
    }
    assertEquals("", Files.readString(errors));
  }

  /** Captures a little of everything; returns the programs that did, by the kernel's names. */
  private Set<String> capture(Engine engine, long pid, String name) throws Exception {
    Jcmd jcmd = new Jcmd(pid);
    jcmd.start(name, "settings=default");
    KernelObjects.awaitHeldBy(pid);
    engine.awaitCapturing();
    engine.say("naps worker 100 1");
    engine.await("napped worker");
    Set<String> programs =
        KernelObjects.heldBy(pid).counted("run_cnt").keySet().stream()
            .map(AccountIT::kernelName)
            .collect(Collectors.toSet());
    jcmd.stop(name, recording);
    return programs;
  }

  private void assertCaptureIsTold(OurAccount ours, long pid) throws Exception {
    RecordedEvent capture = ours.events("Capture").get(0);
    assertEquals(pid, capture.getLong("targetPid"));
    assertTrue(capture.getString("targetCommand").endsWith(NappingEngine.class.getName()));
    assertTrue(capture.getString("targetJvm").contains(System.getProperty("java.vm.name")));
    assertEquals("Linux " + shell(pid, "uname -r"), capture.getString("kernel"));
    assertEquals(shell(pid, "cat " + CPUS + "/online"), capture.getString("onlineCpus"));
    assertEquals(shell(pid, "cat " + CPUS + "/isolated"), capture.getString("isolatedCpus"));
    String nohz = shell(pid, "cat " + CPUS + "/nohz_full").replace("(null)", "");
    assertEquals(nohz, capture.getString("nohzFullCpus"));
    String nodes = shell(pid, "ls -d /sys/devices/system/node/node[0-9]* | wc -l");
    assertEquals(Integer.parseInt(nodes), capture.getInt("numaNodes"));
    assertEquals(
        new TreeSet<>(Schema.modules()), new TreeSet<>(List.of(modules(capture).split("\\+"))));
  }

  private static String modules(RecordedEvent capture) {
    return capture.getString("modules");
  }

  /** Each fact as the host's own files say it now, seen from where the engine sees them. */
  private Map<String, String> assertHostIsTold(long pid) throws Exception {
    Map<String, String> told = new HashMap<>();
    for (RecordedEvent fact : OurAccount.read(recording).events("HostFact")) {
      told.put(fact.getString("name"), fact.getString("value"));
      assertFalse(fact.getString("source").isBlank(), fact::toString);
    }
    Map<String, String> ofHost = new TreeMap<>();
    for (Map.Entry<String, String> fact : FACTS.entrySet()) {
      String value = shell(pid, fact.getValue());
      if (!value.isEmpty()) {
        ofHost.put(fact.getKey(), value);
      }
    }
    Map<String, String> ofRecording = new TreeMap<>(told);
    ofRecording.keySet().retainAll(FACTS.keySet());
    ofRecording.values().removeIf("absent"::equals);
    assertEquals(ofHost, ofRecording);
    List<String> balancers = shell(pid, "pgrep -x irqbalance").lines().toList();
    String balancer = told.get("irqbalance");
    assertTrue(
        balancers.isEmpty()
            ? balancer.equals("not running")
            : balancers.contains(balancer.replace("running, pid ", "")),
        () -> balancer + " but " + balancers);
    assertTrue(told.get("jvm_flags").contains("-Xmx100m"), told::toString);
    return told;
  }

  private static void assertClockIsTold(OurAccount ours, Instant before, long beforeNs) {
    List<RecordedEvent> syncs =
        ours.events("ClockSync").stream()
            .sorted(Comparator.comparingLong(sync -> sync.getLong("monotonic")))
            .toList();
    assertTrue(syncs.size() >= 2, syncs::toString);
    for (RecordedEvent sync : syncs) {
      Instant at = sync.getInstant("recorderTime");
      assertTrue(at.isAfter(before) && at.isBefore(Instant.now()), sync::toString);
      long ns = sync.getLong("monotonic");
      assertTrue(ns > beforeNs && ns < System.nanoTime(), sync::toString);
      assertTrue(sync.getDuration("uncertainty").toNanos() > 0, sync::toString);
    }
    RecordedEvent first = syncs.get(0);
    RecordedEvent last = syncs.get(syncs.size() - 1);
    long kernelNs = last.getLong("monotonic") - first.getLong("monotonic");
    long recorderNs =
        Duration.between(first.getInstant("recorderTime"), last.getInstant("recorderTime"))
            .toNanos();
    // A pair is as good as the tightest look at both clocks was, on a busy machine not as tight.
    long unsure =
        first.getDuration("uncertainty").toNanos() + last.getDuration("uncertainty").toNanos();
    assertEquals(
        kernelNs, recorderNs, kernelNs / 1_000.0 + unsure, "the two clocks go differently");
  }

  private static void assertProbesAreTold(OurAccount ours, Set<String> programs) {
    Set<String> attached =
        ours.events("ProbeStatus").stream()
            .filter(event -> event.getString("state").equals("attached"))
            .map(event -> event.getString("module") + " " + event.getString("probe"))
            .collect(Collectors.toSet());
    assertEquals(programs, kernelNames(attached));
    Set<String> accounted = new HashSet<>();
    Set<String> works = new HashSet<>();
    for (RecordedEvent cost : ours.events("ProbeCost")) {
      if (cost.getString("module").equals("capture")) {
        works.add(cost.getString("probe"));
        assertTrue(cost.getLong("time") > 0, cost::toString);
        continue;
      }
      accounted.add(cost.getString("module") + " " + cost.getString("probe"));
    }
    assertEquals(attached, accounted);
    assertEquals(Set.of("set-up", "drain"), works);
  }

  private static Set<String> kernelNames(Set<String> probes) {
    return probes.stream()
        .map(probe -> kernelName(probe.substring(probe.indexOf(' ') + 1)))
        .collect(Collectors.toSet());
  }

  /** As the kernel keeps it; some versions of bpftool know the rest from elsewhere. */
  private static String kernelName(String program) {
    return program.substring(0, Math.min(15, program.length()));
  }

  /** A host that has everything that one may set, of which the machine of a test has little. */
  @Test
  void everySettingOfATunedHostIsTold() throws Exception {
    Path files = Files.createDirectory(folder.resolve("host"));
    String dress =
        String.join(
            "; ",
            "cd " + files,
            "echo $(cat /proc/cmdline) isolcpus=1 nohz_full=1 rcu_nocbs=1 >cmdline",
            "mount --bind cmdline /proc/cmdline",
            "cp -r " + CPUS + " cpus 2>/dev/null",
            "echo 1 >cpus/isolated",
            "echo 1 >cpus/nohz_full",
            "mkdir -p cpus/cpu0/cpufreq cpus/cpu1/cpufreq cpus/cpu0/cpuidle/state9",
            "echo powersave >cpus/cpu0/cpufreq/scaling_governor",
            "echo performance >cpus/cpu1/cpufreq/scaling_governor",
            "cd cpus/cpu0/cpuidle/state9; echo C9 >name; echo 999999 >latency; echo 0 >disable",
            "cd " + files + "/cpus/vulnerabilities; echo 'Mitigation: PTI' >meltdown",
            "mount --bind " + files + "/cpus " + CPUS,
            "cd /; exec \"$@\"");
    Process balancer =
        new ProcessBuilder("sh", "-c", "printf irqbalance >/proc/$$/comm; read line").start();
    Launch launch = Launch.of(NappingEngine.class).with("-Xmx100m").withAgent();
    try (Engine engine = engine(launch.under("unshare", "--mount", "sh", "-c", dress, "sh"))) {
      capture(engine, engine.pid(), "tuned");
      Map<String, String> told = assertHostIsTold(engine.pid());
      List<String> dressed = List.of("isolcpus", "nohz_full", "rcu_nocbs", "mitigated", "governor");
      assertTrue(told.keySet().containsAll(dressed), told::toString);
      assertEquals("performance+powersave", told.get("governor"));
      assertEquals("C9, 999999 us to leave", told.get("deepest_idle_state"));
      assertTrue(told.get("irqbalance").startsWith("running, pid "), told::toString);
      assertCaptureIsTold(OurAccount.read(recording), engine.pid());
      assertEquals("1", told.get("isolcpus"));
    } finally {
      Commands.end(balancer);
    }
    assertEquals("", Files.readString(errors));
  }

  /** What a shell prints that sees what the engine sees; "" if the host has no such thing. */
  private static String shell(long pid, String line) throws Exception {
    return Commands.output(
            "nsenter", "--mount", "--target=" + pid, "sh", "-c", "(" + line + ") 2>/dev/null || :")
        .strip();
  }

  /** A capture that costs too much keeps longer events only, and says so. */
  @Test
  void aBudgetThatIsExceededRaisesTheThresholds() throws Exception {
    Path profile = folder.resolve(Profile.PRODUCTION.file());
    Files.writeString(profile, Profile.PRODUCTION.toXml());
    long usualNs = 10_000;
    long raisedNs;
    try (Engine engine =
        engine(Launch.of(BusyEngine.class, "20").withAgent("modules=isolation,budget=0.1%"))) {
      Jcmd jcmd = new Jcmd(engine.pid());
      jcmd.start("capture", "settings=" + profile);
      KernelObjects loaded = KernelObjects.awaitHeldBy(engine.pid(), List.of("isolation"));
      raisedNs = awaitThresholdAbove(loaded, 2 * usualNs);
      jcmd.stop("capture", recording);
      engine.say("stop");
      assertEquals(0, engine.finish());
    }
    assertEquals("", Files.readString(errors));
    List<RecordedEvent> exceeded = OurAccount.read(recording).events("BudgetExceeded");
    RecordedEvent first = exceeded.get(0);
    assertEquals(0.001, first.getFloat("budget"), 1e-6);
    assertTrue(first.getFloat("share") > first.getFloat("budget"), first::toString);
    assertTrue(first.getDuration("floor").toNanos() > usualNs, first::toString);
    assertTrue(
        exceeded.stream()
            .filter(event -> "latencyscope.ContextSwitch".equals(event.getString("eventType")))
            .anyMatch(event -> event.getDuration("floor").toNanos() == raisedNs),
        raisedNs + " is not told: " + exceeded);
  }

  private static long awaitThresholdAbove(KernelObjects loaded, long limitNs) throws Exception {
    long ns = 0;
    for (int look = 0; look < 300; look++) {
      ns = loaded.variable("threshold_ns").get(CONTEXT_SWITCH).asLong();
      if (ns >= limitNs) {
        return ns;
      }
      TimeUnit.MILLISECONDS.sleep(200);
    }
    throw new AssertionError("the kernel still compares with " + ns + " ns");
  }
}
