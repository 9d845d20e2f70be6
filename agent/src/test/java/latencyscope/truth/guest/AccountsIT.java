package latencyscope.truth.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.consumer.RecordedEvent;
import latencyscope.truth.account.OurAccount;
import latencyscope.truth.account.ThreadCounts;
import latencyscope.truth.engine.CommandLine;
import latencyscope.truth.engine.Engine;
import latencyscope.truth.engine.Jcmd;
import latencyscope.truth.engine.Launch;
import latencyscope.truth.engine.OrdinaryUser;
import latencyscope.truth.engine.ProcFile;
import latencyscope.truth.workload.NappingEngine;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An engine of an ordinary user without a capability, on an old JVM or a new one, counts what the
 * kernel has counted, thread by thread, and says that there is no more.
 */
@Tag("packed-jar")
class AccountsIT {
  private static final int NAPS = 200;

  @TempDir Path folder;

  private OrdinaryUser user;

  @BeforeEach
  void open() throws Exception {
    user = OrdinaryUser.in(folder);
  }

  @ParameterizedTest
  @ValueSource(strings = {"17", "25"})
  void countsAreTheKernelsOwn(String feature) throws Exception {
    Path recording = folder.resolve("engine.jfr");
    try (Engine engine = user.start(feature, "")) {
      engine.await("ready");
      engine.say("naps before 20 1");
      engine.await("napped");
      Jcmd jcmd = OrdinaryUser.record(engine, engine.pid(), "trading");
      engine.say("naps worker " + NAPS + " 1");
      engine.await("napped");
      jcmd.dump("trading", recording);
      // It waits for good: what the kernel counts of it does not rise any more.
      assertEqualsKernel(engine.pid(), "worker", OurAccount.read(recording));
      engine.say("naps later " + NAPS + " 1");
      engine.await("napped");
      jcmd.stop("trading", recording);
      OurAccount ours = OurAccount.read(recording);
      assertEqualsKernel(engine.pid(), "worker", ours);
      assertEqualsKernel(engine.pid(), "later", ours);
      long before = ProcFile.thread(engine.pid(), "before");
      assertEquals(0, ours.counter(before, "voluntary_switches"), "counted from before the start");
      assertSaysThatThereIsNoMore(feature, ours);
      engine.say(Launch.LEAVE);
      assertEquals(Launch.EXIT_CODE, engine.finish());
    }
    assertEquals(1, user.complaints().size(), user.complaints()::toString);
    String report = CommandLine.report(recording);
    String panel = report.substring(report.indexOf("ISOLATION VERIFIER"));
    String first = panel.lines().filter(line -> line.contains("[")).findFirst().orElseThrow();
    assertTrue(first.contains("[N/A] Counts from /proc alone, without culprits"), report);
    assertTrue(report.lines().limit(5).anyMatch(line -> line.contains("Counts from /proc alone")));
    assertTrue(panel.contains("worker"), report);
  }

  private static void assertEqualsKernel(long pid, String name, OurAccount ours)
      throws IOException {
    ThreadCounts kernel = ThreadCounts.of(pid, name);
    kernel.assertEqualIn(ours, name, NAPS);
    assertEquals(kernel.waits(), ours.counter(kernel.id(), "run_delay_count"), name);
    assertEquals(kernel.majorFaults(), ours.counter(kernel.id(), "major_faults"), name);
  }

  private static void assertSaysThatThereIsNoMore(String feature, OurAccount ours) {
    List<RecordedEvent> states = ours.events("ProbeStatus");
    List<String> counted =
        states.stream()
            .filter(e -> "accounts".equals(e.getString("state")))
            .map(e -> e.getString("module"))
            .distinct()
            .sorted()
            .toList();
    assertEquals(List.of("isolation", "memory"), counted);
    List<String> without =
        states.stream()
            .filter(e -> "unavailable".equals(e.getString("state")))
            .map(e -> e.getString("module"))
            .distinct()
            .sorted()
            .toList();
    assertEquals(List.of("irq", "network", "syscall"), without);
    String why = feature.equals("17") ? "Java 25" : "CAP_BPF";
    assertTrue(ours.reasons().stream().allMatch(r -> r.contains(why)), ours.reasons()::toString);
    assertEquals(List.of(), ours.events("RunQueueWait"));
  }

  /** Also where there is more to be had, if somebody asks for no more. */
  @Test
  void countsAloneMayBeAskedFor() throws Exception {
    Path recording = folder.resolve("engine.jfr");
    Launch.of(NappingEngine.class)
        .with("-javaagent:" + user.jar() + "=mode=accounts")
        .with("-Xlog:disable", "-XX:StartFlightRecording:filename=" + recording)
        .run(folder, "settle 60000", "naps trader 20 1", Launch.LEAVE)
        .assertUnharmed("ready\nsettled\nnapped trader\n", List.of());
    OurAccount ours = OurAccount.read(recording);
    assertTrue(ours.reasons().toString().contains("mode=accounts"), ours.reasons()::toString);
    assertTrue(
        ours.events("Counter").stream()
            .filter(e -> "trader".equals(e.getString("thread")))
            .filter(e -> "voluntary_switches".equals(e.getString("measure")))
            .anyMatch(e -> e.getLong("value") >= 20));
  }
}
