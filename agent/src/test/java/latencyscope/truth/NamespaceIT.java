package latencyscope.truth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import latencyscope.bpf.libbpf.KernelTest;
import latencyscope.truth.account.KernelAccount;
import latencyscope.truth.account.OurAccount;
import latencyscope.truth.account.SchedulerAgreement;
import latencyscope.truth.engine.CommandLine;
import latencyscope.truth.engine.Engine;
import latencyscope.truth.engine.Launch;
import latencyscope.truth.engine.ProcFile;
import latencyscope.truth.workload.NappingEngine;
import latencyscope.truth.workload.SchedulerWorkload;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An engine in a pid namespace of its own, as in a container, seen from inside and outside. */
@KernelTest
class NamespaceIT {
  @TempDir Path folder;

  private Path recording;
  private Path accounts;
  private Path errors;

  private Launch workload(String load) {
    recording = folder.resolve("recording.jfr");
    accounts = folder.resolve("accounts.txt");
    errors = folder.resolve("stderr.txt");
    return Launch.of(SchedulerWorkload.class, load, recording.toString(), accounts.toString())
        .inContainer();
  }

  @Test
  void engineInsideSeesItsOwnThreadIds() throws Exception {
    try (Engine engine = workload("fifty").withAgent().start(errors)) {
      engine.await("ready");
      assertEquals("1", idInside(engine.jvmPid()), "the JVM is not in a namespace of its own");
      engine.say("go");
      engine.await("done");
      engine.say("stop");
      assertEquals(0, engine.finish(), Files.readString(errors));
    }
    assertEquals("", Files.readString(errors));
    OurAccount ours = OurAccount.read(recording);
    List<KernelAccount> threads = KernelAccount.read(accounts);
    assertEquals(50, threads.size());
    for (KernelAccount kernel : threads) {
      SchedulerAgreement.assertExact(kernel, ours);
      SchedulerAgreement.assertWaitedAgrees(kernel, ours);
      SchedulerAgreement.assertOnItsThreadOnceKnown(
          ours.events("ContextSwitch", kernel.osThreadId()), kernel);
    }
    SchedulerAgreement.assertEventsComplete(threads, ours);
  }

  @Test
  void commandLineOutsideSeesTheIdsOfItsOwnProc() throws Exception {
    // No agent inside: the workload is told what it would wait for.
    Launch launch = workload("fifty").with("-Dlatencyscope.state=capturing");
    JsonNode report;
    Map<Long, Switches> kernel;
    try (Engine engine = launch.start(errors)) {
      engine.await("ready");
      long pid = engine.jvmPid();
      try (CommandLine outside = CommandLine.watch(pid, folder)) {
        engine.say("go");
        engine.await("done");
        kernel = settledSwitches(pid);
        report = outside.finish();
        assertEquals(pid, report.at("/target/pid").asLong());
      }
      engine.say("stop");
    }
    Map<Long, Switches> ours = new HashMap<>();
    for (JsonNode thread : report.at("/isolation/threads")) {
      ours.put(
          thread.get("os_tid").asLong(),
          new Switches(
              true,
              thread.get("voluntary_switches").asLong(),
              thread.get("involuntary_switches").asLong()));
    }
    assertEquals(50, kernel.size());
    kernel.forEach((id, switches) -> assertEquals(switches, ours.get(id), "thread " + id));
  }

  /** Born and ended between two looks at {@code /proc}: only the kernel's side saw both its ids. */
  @Test
  void aThreadThatLivedBrieflyKeepsItsJavaName() throws Exception {
    errors = folder.resolve("stderr.txt");
    JsonNode report;
    try (Engine engine = Launch.of(NappingEngine.class).inContainer().start(errors)) {
      engine.await("ready");
      try (CommandLine outside = CommandLine.watch(engine.jvmPid(), folder)) {
        engine.say("churn lived-only-briefly 24");
        engine.await("churned");
        report = outside.finish();
      }
      engine.say(Launch.LEAVE);
    }
    int named = 0;
    for (JsonNode thread : report.at("/isolation/threads")) {
      // The kernel has "lived-o..iefly-1".
      assertFalse(thread.get("thread").asText().startsWith("lived-o.."), thread::toString);
      named += thread.get("thread").asText().startsWith("lived-only-briefly") ? 1 : 0;
    }
    assertEquals(24, named, report.at("/isolation/threads")::toString);
  }

  private record Switches(boolean asleep, long voluntary, long involuntary) {}

  /**
   * Switches of the load's threads when all of them are parked: one may wait for a CPU for long.
   */
  private static Map<Long, Switches> settledSwitches(long pid) throws Exception {
    Map<Long, Switches> before = Map.of();
    for (int look = 0; look < 300; look++) {
      Map<Long, Switches> now = switches(pid);
      if (now.equals(before) && now.values().stream().allMatch(Switches::asleep)) {
        return now;
      }
      before = now;
      TimeUnit.MILLISECONDS.sleep(200);
    }
    throw new AssertionError("the threads do not come to rest");
  }

  private static Map<Long, Switches> switches(long pid) throws IOException {
    Map<Long, Switches> switches = new HashMap<>();
    for (ProcFile thread : ProcFile.threads(pid)) {
      if (thread.text("Name").startsWith("fifty-")) {
        switches.put(
            thread.number("Pid"),
            new Switches(
                thread.text("State").startsWith("S"),
                thread.number("voluntary_ctxt_switches"),
                thread.number("nonvoluntary_ctxt_switches")));
      }
    }
    return switches;
  }

  private static String idInside(long pid) throws IOException {
    String ids = ProcFile.of(Path.of("/proc", String.valueOf(pid), "status")).text("NSpid");
    return ids.substring(ids.lastIndexOf('\t') + 1);
  }
}
