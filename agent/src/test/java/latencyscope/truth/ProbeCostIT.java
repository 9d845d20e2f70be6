package latencyscope.truth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jdk.jfr.consumer.RecordedEvent;
import latencyscope.bpf.libbpf.KernelTest;
import latencyscope.truth.account.OpenFiles;
import latencyscope.truth.account.OurAccount;
import latencyscope.truth.engine.Engine;
import latencyscope.truth.engine.Jcmd;
import latencyscope.truth.engine.KernelObjects;
import latencyscope.truth.engine.Launch;
import latencyscope.truth.workload.NappingEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What our events say that probes cost, against the kernel's own counts as bpftool shows them. */
@KernelTest
class ProbeCostIT {
  /** Two that watch the same have programs of the same name. */
  private static final List<String> MODULES = List.of("isolation", "syscall");

  private static final String RUNS = "run_cnt";
  private static final String TIME = "run_time_ns";

  private static final Path SETTING = Path.of("/proc/sys/kernel/bpf_stats_enabled");

  @TempDir Path folder;

  private boolean counting;

  private record Counts(Map<String, Long> runs, Map<String, Long> times) {
    static Counts of(KernelObjects held) throws Exception {
      return new Counts(held.counted(RUNS), held.counted(TIME));
    }
  }

  /** Captures while an engine naps; counts lie before and after what the recording holds. */
  private OurAccount capture(String options, List<Counts> counts) throws Exception {
    Path recording = folder.resolve("capture.jfr");
    Path errors = folder.resolve("stderr.txt");
    try (Engine engine =
        Launch.of(NappingEngine.class)
            .withAgent("modules=isolation+syscall" + options)
            .start(errors)) {
      engine.await("ready");
      Jcmd jcmd = new Jcmd(engine.pid());
      jcmd.start("capture", "+latencyscope.ContextSwitch#enabled=true");
      KernelObjects held = KernelObjects.awaitHeldBy(engine.pid(), MODULES);
      engine.say("naps busy 500 1");
      engine.await("napped busy");
      counting = hasKernelCount(engine.pid());
      counts.add(Counts.of(held));
      jcmd.dump("capture", recording);
      counts.add(Counts.of(held));
    }
    assertEquals("", Files.readString(errors));
    return OurAccount.read(recording);
  }

  private static Map<String, Long> sums(OurAccount ours, String field) {
    Map<String, Long> sums = new TreeMap<>();
    for (RecordedEvent event : ours.events("ProbeCost")) {
      if (MODULES.contains(event.getString("module"))) {
        sums.merge(event.getString("probe"), event.getLong(field), Long::sum);
      }
    }
    return sums;
  }

  private static void assertBetween(
      Map<String, Long> before, Map<String, Long> ours, Map<String, Long> after) {
    assertFalse(ours.isEmpty());
    ours.forEach((probe, value) ->
        assertTrue(
            before.get(probe) <= value && value <= after.get(probe),
            () -> probe + ": " + before.get(probe) + " <= " + value + " <= " + after.get(probe)));
  }

  @Test
  void areTheKernelsOwnCountsIfAskedFor() throws Exception {
    List<Counts> counts = new ArrayList<>();
    OurAccount ours = capture(",stats=on", counts);
    assertBetween(counts.get(0).runs, sums(ours, "runs"), counts.get(1).runs);
    assertBetween(counts.get(0).times, sums(ours, "time"), counts.get(1).times);
    assertTrue(counts.get(0).runs.get("ls_sched_switch") >= 1_000, counts::toString);
    assertTrue(counting, "it does not hold what has the kernel count");
  }

  /** Whether a process has the kernel count what programs cost: others on this machine may, too. */
  private static boolean hasKernelCount(long pid) throws IOException {
    return OpenFiles.of(pid).stream().anyMatch(name -> name.contains("bpf-stats"));
  }

  @Test
  void areLeftUncountedIfNotAskedFor() throws Exception {
    String setting = Files.readString(SETTING);
    OurAccount ours = capture("", new ArrayList<>());
    assertFalse(ours.events("ProbeCost").isEmpty());
    for (RecordedEvent event : ours.events("ProbeCost")) {
      if (MODULES.contains(event.getString("module"))) {
        assertEquals(-1, event.getLong("runs"), event::toString);
      }
    }
    assertFalse(counting, "counted");
    assertEquals(setting, Files.readString(SETTING), "for the whole machine");
  }
}
