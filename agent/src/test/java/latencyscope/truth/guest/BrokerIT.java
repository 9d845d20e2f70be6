package latencyscope.truth.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import latencyscope.bpf.libbpf.KernelTest;
import latencyscope.truth.account.OurAccount;
import latencyscope.truth.account.ThreadCounts;
import latencyscope.truth.engine.CommandLine;
import latencyscope.truth.engine.Engine;
import latencyscope.truth.engine.Jcmd;
import latencyscope.truth.engine.KernelObjects;
import latencyscope.truth.engine.Launch;
import latencyscope.truth.engine.OrdinaryUser;
import latencyscope.truth.engine.ProcFile;
import latencyscope.truth.engine.RunningBroker;
import latencyscope.truth.engine.SpoiledHost;
import latencyscope.truth.workload.RawClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An engine of an ordinary user without a capability, on an old JVM or a new one, gets what a
 * broker's programs see of it, and nothing can go wrong that it would notice.
 */
@KernelTest
@Tag("packed-jar")
class BrokerIT {
  private static final int NAPS = 200;

  /** One that is over before the thread has gone to sleep is none for the kernel. */
  private static final int NAP_MS = 5;

  /** CAP_SYS_PTRACE, CAP_PERFMON and CAP_BPF. */
  private static final String KEPT = "000000c000080000";

  @TempDir Path folder;

  private OrdinaryUser user;
  private RunningBroker broker;

  @BeforeEach
  void open() throws Exception {
    user = OrdinaryUser.in(folder);
    broker = RunningBroker.start();
  }

  @AfterEach
  void close() throws Exception {
    broker.close();
  }

  private Engine start(String feature) throws IOException {
    return user.start(feature, "broker=" + broker.socket());
  }

  @ParameterizedTest
  @ValueSource(strings = {"17", "25"})
  void fiveModulesOfAnEngineWithoutPrivileges(String feature) throws Exception {
    Path recording = folder.resolve("engine.jfr");
    try (Engine engine = start(feature)) {
      engine.await("ready");
      Jcmd jcmd = OrdinaryUser.record(engine, engine.pid(), "trading");
      engine.say("naps worker " + NAPS + " " + NAP_MS);
      engine.await("napped");
      jcmd.dump("trading", recording);
      OurAccount dumped = OurAccount.read(recording);
      // It waits for good: what the kernel counts of it does not rise any more.
      assertEqualsKernel(engine.pid(), "worker", dumped);
      long worker = ProcFile.thread(engine.pid(), "worker");
      assertFalse(dumped.events("FullResolution").isEmpty(), "the log was read");
      assertTrue(dumped.events("FutexWait", worker).size() >= NAPS, "naps are futex waits");
      assertTrue(dumped.events("ContextSwitch", worker).size() >= NAPS);
      engine.say("naps later " + NAPS + " " + NAP_MS);
      engine.await("napped");
      jcmd.stop("trading", recording);
      OurAccount ours = OurAccount.read(recording);
      assertEqualsKernel(engine.pid(), "worker", ours);
      assertEqualsKernel(engine.pid(), "later", ours);
      assertEquals(0, ours.lost());
      String modules = "irq+isolation+memory+network+syscall";
      assertTrue(
          ours.events("Capture").stream().anyMatch(e -> sorted(e.getString("modules"), modules)),
          () -> ours.events("Capture").toString());
      assertTrue(
          ours.events("RunQueueWait", worker).stream()
              .allMatch(e -> "worker".equals(e.getString("thread"))));
      // When it has ended, its programs have, too.
      assertHoldsNothing();
      engine.say(Launch.LEAVE);
      assertEquals(Launch.EXIT_CODE, engine.finish());
    }
    assertEquals(List.of(), user.complaints());
    String report = CommandLine.report(recording);
    assertTrue(report.contains("worker"), report);
    assertFalse(report.contains("Counts from /proc alone"), report);
  }

  private static boolean sorted(String modules, String wanted) {
    return String.join("+", Stream.of(modules.split("[+]")).sorted().toList()).equals(wanted);
  }

  private static void assertEqualsKernel(long pid, String name, OurAccount ours)
      throws IOException {
    ThreadCounts.of(pid, name).assertEqualIn(ours, name, NAPS);
  }

  /** As in a container: its threads have the ids in the recording that they have in there. */
  @Test
  void anEngineInAnotherPidNamespace() throws Exception {
    Path recording = folder.resolve("engine.jfr");
    String[] container = {"unshare", "--pid", "--fork", "--kill-child", "--mount-proc"};
    try (Engine engine = user.start("17", "broker=" + broker.socket(), container)) {
      engine.await("ready");
      Jcmd jcmd = OrdinaryUser.record(engine, engine.jvmPid(), "trading");
      engine.say("naps worker " + NAPS + " " + NAP_MS);
      engine.await("napped");
      jcmd.stop("trading", recording);
      OurAccount ours = OurAccount.read(recording);
      long here = ProcFile.thread(engine.jvmPid(), "worker");
      ProcFile status =
          ProcFile.of(Path.of("/proc/" + engine.jvmPid() + "/task/" + here + "/status"));
      String[] ids = status.text("NSpid").strip().split("\\s+");
      long inside = Long.parseLong(ids[ids.length - 1]);
      assertEquals(
          status.number("voluntary_ctxt_switches"), ours.counter(inside, "voluntary_switches"));
      assertTrue(
          ours.events("FutexWait", inside).stream()
              .allMatch(e -> "worker".equals(e.getString("thread"))));
      assertTrue(ours.events("FutexWait", inside).size() >= NAPS);
    }
    assertEquals(List.of(), user.complaints());
  }

  /** An engine that is killed leaves nothing in the kernel for longer than a second. */
  @Test
  void programsGoWithTheEngine() throws Exception {
    try (Engine engine = start("17")) {
      engine.await("ready");
      OrdinaryUser.record(engine, engine.pid(), "trading");
      assertFalse(KernelObjects.heldBy(broker.pid()).isEmpty());
      assertEquals(List.of(), broker.memory(), "its client has it, and nobody else needs its name");
      ProcFile status = ProcFile.of(Path.of("/proc", Long.toString(broker.pid()), "status"));
      for (String set : List.of("CapPrm", "CapEff", "CapBnd")) {
        assertEquals(KEPT, status.text(set), set);
      }
      assertEquals("1", status.text("NoNewPrivs"));
    }
    assertHoldsNothing();
    broker.awaitSaid("has ended", 2_000);
  }

  /** Within a second, and another one on a host that is as busy as tests make it. */
  private void assertHoldsNothing() throws Exception {
    for (int look = 0; look < 40 && !KernelObjects.heldBy(broker.pid()).isEmpty(); look++) {
      TimeUnit.MILLISECONDS.sleep(50);
    }
    KernelObjects held = KernelObjects.heldBy(broker.pid());
    assertTrue(held.isEmpty(), held::toString);
  }

  /** What it measured until then is in the file; counts alone go on, and one line says so. */
  @Test
  void theBrokerMayBeKilled() throws Exception {
    Path recording = folder.resolve("engine.jfr");
    try (Engine engine = start("17")) {
      engine.await("ready");
      Jcmd jcmd = OrdinaryUser.record(engine, engine.pid(), "trading");
      engine.say("naps before " + NAPS + " " + NAP_MS);
      engine.await("napped");
      // Asked for a dump, it hands over what it has; by itself about once a second.
      jcmd.dump("trading", folder.resolve("before.jfr"));
      broker.kill();
      awaitComplaint("counts from /proc alone");
      TimeUnit.SECONDS.sleep(1);
      engine.say("naps after " + NAPS + " " + NAP_MS);
      engine.await("napped");
      jcmd.stop("trading", recording);
      OurAccount ours = OurAccount.read(recording);
      long before = ProcFile.thread(engine.pid(), "before");
      assertFalse(ours.events("FutexWait", before).isEmpty());
      assertEqualsKernel(engine.pid(), "after", ours);
      engine.say(Launch.LEAVE);
      assertEquals(Launch.EXIT_CODE, engine.finish());
    }
    assertTrue(user.complaints().get(0).contains("is gone"), user.complaints()::toString);
    assertTrue(
        user.complaints().get(0).contains("latencyscope broker"), user.complaints()::toString);
  }

  private void awaitComplaint(String words) throws Exception {
    for (int look = 0; look < 200; look++) {
      if (user.complaints().stream().anyMatch(line -> line.contains(words))) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    throw new AssertionError(words + ": " + user.complaints());
  }

  @Test
  void withoutABrokerThereAreCounts() throws Exception {
    Path missing = folder.resolve("no.sock");
    try (Engine engine = user.start("17", "broker=" + missing)) {
      engine.await("ready");
      OrdinaryUser.record(engine, engine.pid(), "trading");
      engine.say(Launch.LEAVE);
      assertEquals(Launch.EXIT_CODE, engine.finish());
    }
    assertEquals(1, user.complaints().size(), user.complaints()::toString);
    assertTrue(
        user.complaints().get(0).contains("no broker at " + missing), user.complaints()::toString);
  }

  /** Others of the same user do what no agent does; who behaves gets all of its events. */
  @Test
  void noClientHarmsAnother() throws Exception {
    Path recording = folder.resolve("engine.jfr");
    SpoiledHost.compiledWith(user.jar(), RawClient.class, folder);
    try (Engine engine = start("17")) {
      engine.await("ready");
      Jcmd jcmd = OrdinaryUser.record(engine, engine.pid(), "trading");
      Process deaf = rawClient("deaf=4000");
      engine.say("naps worker " + NAPS + " " + NAP_MS);
      String[] outcomes =
          outcome(rawClient("lie=1", "lie=4194999", "garbage", "position", "flood", "calls"))
              .split("\n");
      assertTrue(outcomes[0].contains("is not one of user"), outcomes[0]);
      assertTrue(outcomes[1].contains("there is no process"), outcomes[1]);
      assertEquals("ended", outcomes[2]);
      assertEquals("ended", outcomes[3]);
      assertTrue(outcomes[4].matches("ended|refused more than .* messages in a second"));
      assertTrue(outcomes[5].matches("ended|refused more than .* requests in a second"));
      engine.await("napped");
      assertEquals("served", outcome(deaf));
      jcmd.stop("trading", recording);
      OurAccount ours = OurAccount.read(recording);
      assertEqualsKernel(engine.pid(), "worker", ours);
      assertEquals(0, ours.lost());
    }
    assertEquals(List.of(), user.complaints());
  }

  /** Also by a group that is not the user's first. */
  @ParameterizedTest
  @CsvSource({
    "--allow-user daemon, nogroup, false",
    "--allow-group daemon, nogroup, false",
    "--allow-user nobody, nogroup, true",
    "--allow-group nogroup, nogroup, true",
    "--allow-group games, 'nogroup,games', true"
  })
  void servesOnlyWhoIsAllowed(String options, String groups, boolean served) throws Exception {
    try (RunningBroker choosy = RunningBroker.start(options.split(" "))) {
      SpoiledHost.compiledWith(user.jar(), RawClient.class, folder);
      Process client = rawClient(choosy, groups, "deaf=10");
      String expected = served ? "served" : "refused this broker does not serve user ";
      String outcome = outcome(client);
      assertTrue(outcome.startsWith(expected), outcome);
      assertEquals(!served, choosy.log().contains("is not served: "), choosy.log());
    }
  }

  private Process rawClient(String... words) throws IOException {
    return rawClient(broker, "nogroup", words);
  }

  private Process rawClient(RunningBroker server, String groups, String... words)
      throws IOException {
    List<String> command = new ArrayList<>(List.of("setpriv", "--reuid=nobody"));
    command.addAll(List.of("--regid=nogroup", "--groups=" + groups));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", folder + ":" + user.jar(), RawClient.class.getName()));
    command.add(server.socket().toString());
    command.addAll(List.of(words));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  private static String outcome(Process client) throws Exception {
    String said = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, client.waitFor(), said);
    return said.strip();
  }

  /** Somebody else has put a socket where a broker's would be. */
  @Test
  void aSquattedSocketIsNotBelieved() throws Exception {
    Path squatted = folder.resolve("broker.sock");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(squatted));
      try (Engine engine = user.start("17", "broker=" + squatted)) {
        engine.await("ready");
        OrdinaryUser.record(engine, engine.pid(), "trading");
      }
    }
    assertEquals(1, user.complaints().size(), user.complaints()::toString);
    assertTrue(
        user.complaints().get(0).contains("others may write to"), user.complaints()::toString);
  }
}
