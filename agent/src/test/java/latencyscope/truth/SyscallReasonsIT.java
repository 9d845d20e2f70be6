package latencyscope.truth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import jdk.jfr.consumer.RecordedEvent;
import latencyscope.bpf.libbpf.KernelTest;
import latencyscope.truth.account.OurAccount;
import latencyscope.truth.engine.Engine;
import latencyscope.truth.engine.Launch;
import latencyscope.truth.engine.LibjvmMutexes;
import latencyscope.truth.workload.WaitingEngine;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Why Java threads waited, and which of their waits a report finds fault with. */
@KernelTest
class SyscallReasonsIT {
  private static final int TIMES = WaitingEngine.TIMES;

  @TempDir Path folder;

  private JsonNode play(String load, String agentOptions, String... jvmOptions) throws Exception {
    Path recording = folder.resolve(load + ".jfr");
    Launch launch =
        Launch.of(WaitingEngine.class, recording.toString(), load)
            .with(jvmOptions)
            .withAgent("modules=syscall" + agentOptions);
    try (Engine engine = launch.start(folder.resolve("stderr.txt"))) {
      engine.await("ready");
      engine.say("go");
      engine.await("done");
      engine.say("stop");
      assertEquals(0, engine.finish());
    }
    assertEquals("", Files.readString(folder.resolve("stderr.txt")), "the agent said something");
    return report(recording);
  }

  private JsonNode report(Path recording) throws Exception {
    Path out = folder.resolve("report.json");
    Process report =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                Engine.JAR.toString(),
                "report",
                "--json",
                recording.toString())
            .redirectOutput(out.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertTrue(report.waitFor(60, TimeUnit.SECONDS));
    return new ObjectMapper().readTree(out.toFile());
  }

  private static Stream<JsonNode> findings(JsonNode report, String thread) {
    return of(report, finding -> finding.get("thread").asText().equals(thread));
  }

  private static Stream<JsonNode> of(JsonNode report, Predicate<JsonNode> filter) {
    return StreamSupport.stream(report.get("findings").spliterator(), false)
        .filter(finding -> finding.get("module").asText().equals("syscall"))
        .filter(filter);
  }

  private static JsonNode finding(JsonNode report, String thread, String title) {
    return findings(report, thread)
        .filter(finding -> finding.get("title").asText().equals(title))
        .findFirst()
        .orElseThrow(() -> new AssertionError(report.get("findings").toPrettyString()));
  }

  /** Futex waits of the load's thread for a reason: the JVM's other threads have theirs. */
  private static long waits(JsonNode report, String reason) {
    return StreamSupport.stream(report.at("/syscall/threads").spliterator(), false)
        .filter(thread -> thread.get("thread").asText().equals("waiter"))
        .mapToLong(thread -> thread.at("/futex_waits_by_reason/" + reason).asLong())
        .sum();
  }

  @Test
  void threadSleepIsASleepAndNothingElse() throws Exception {
    JsonNode report = play("sleep", "");
    JsonNode finding = finding(report, "waiter", "waiter slept in Thread.sleep");
    assertEquals("WARN", finding.get("severity").asText());
    assertEquals(TIMES, finding.get("count").asLong());
    assertEquals(TIMES, waits(report, "sleep"));
    assertEquals(List.of(finding.get("title").asText()), ofLoad(report));
  }

  @Test
  void sleepOnAMonitoredCpuFails() throws Exception {
    // Bound to one CPU as a whole: all of its sleeps are made there.
    Path recording = folder.resolve("pinned.jfr");
    Launch launch =
        Launch.of(WaitingEngine.class, recording.toString(), "sleep")
            .withAgent("modules=syscall,cpus=1")
            .under("taskset", "-c", "1");
    try (Engine engine = launch.start(folder.resolve("stderr.txt"))) {
      engine.await("ready");
      engine.say("go");
      engine.await("done");
      engine.say("stop");
      assertEquals(0, engine.finish());
    }
    JsonNode report = report(recording);
    JsonNode finding = finding(report, "waiter", "waiter slept in Thread.sleep");
    assertEquals("FAIL", finding.get("severity").asText());
    assertEquals(TIMES, finding.get("count").asLong());
    assertEquals(1, report.at("/syscall/violations").asLong());
    assertEquals(2, report.get("exit_code").asInt());
  }

  @Test
  void timedParkIsNoSleep() throws Exception {
    JsonNode report = play("park-timed", "");
    assertEquals(0, waits(report, "sleep"));
    assertEquals(TIMES, waits(report, "parked"));
    assertEquals(List.of(), ofLoad(report));
  }

  @Test
  void lockOfJavaIsContendedAndItsHolderNamed() throws Exception {
    JsonNode report = play("lock", "");
    String title = "waiter waited for a lock (ReentrantLock) that partner held";
    JsonNode finding = finding(report, "waiter", title);
    assertEquals("WARN", finding.get("severity").asText());
    assertEquals(TIMES, finding.get("count").asLong());
    assertTrue(finding.get("culprit").asText().startsWith("partner (pid "), finding::toString);
  }

  @Test
  void monitorIsContendedAndItsHolderNamed() throws Exception {
    JsonNode report = play("monitor", "");
    String title = "waiter waited for a lock (Object) that partner held";
    assertEquals(TIMES, finding(report, "waiter", title).get("count").asLong());
  }

  /** JDK 25's sampler stops a thread by a signal; its handler waits in rt_sigsuspend. */
  @Test
  void theRecordersSamplerIsNotTheApplicationsCall() throws Exception {
    JsonNode report = play("sampled", "");
    String sampler = " was stopped by the flight recorder's sampler";
    JsonNode finding = finding(report, "waiter", "waiter" + sampler);
    // How often it samples depends on how often it gets a CPU: once in a second has been seen.
    assertTrue(finding.get("count").asLong() > 0, finding::toString);
    assertTrue(finding.get("remedy").asText().contains("record without the sampler"));
    List<JsonNode> calls = of(report, f -> f.toString().contains("rt_sigsuspend")).toList();
    for (JsonNode call : calls) {
      assertTrue(call.get("title").asText().endsWith(sampler), call::toString);
      assertFalse(call.get("remedy").asText().contains("poll"), call::toString);
    }
    // What it did between two parks was no waiting for input: it stays a busy thread.
    assertEquals(TIMES, waits(report, "parked"));
  }

  /** Three threads wait for one lock: one finding, and each holder is blamed for its own part. */
  @Test
  void convoyIsToldAsOneAndBlamedByWhoHeldTheLock() throws Exception {
    Path recording = folder.resolve("convoy.jfr");
    Launch launch =
        Launch.of(WaitingEngine.class, recording.toString(), "convoy").withAgent("modules=syscall");
    List<Long> costs;
    Map<String, Long> mutexes;
    try (Engine engine = launch.start(folder.resolve("stderr.txt"))) {
      engine.await("ready");
      engine.say("go");
      costs = Stream.of(engine.await("convoys").split(" ")).map(Long::valueOf).toList();
      engine.await("done");
      mutexes = LibjvmMutexes.of(engine.pid());
      engine.say("stop");
      assertEquals(0, engine.finish());
    }
    JsonNode report = report(recording);
    String title = "3 threads queued for a lock (ReentrantLock) that owner held";
    JsonNode finding =
        of(report, f -> f.get("title").asText().equals(title))
            .findFirst()
            .orElseThrow(() -> new AssertionError(report.get("findings").toPrettyString()));
    assertTrue(finding.get("culprit").asText().startsWith("owner (pid "), finding::toString);
    JsonNode lock =
        StreamSupport.stream(report.at("/syscall/locks").spliterator(), false)
            .filter(row -> row.get("kind").asText().equals("java"))
            .findFirst()
            .orElseThrow();
    assertEquals(WaitingEngine.QUEUED, lock.get("longest_queue").asInt());
    assertEquals(WaitingEngine.CONVOYS, lock.get("convoy_count").asInt());
    assertEquals(
        Set.of("queued-0", "queued-1", "queued-2"), Set.copyOf(texts(lock.get("waiters"))));
    List<String> holders = List.of("owner", "queued-0", "queued-1");
    assertEquals(Set.copyOf(holders), Set.copyOf(texts(lock.get("holders"))));
    for (int i = 0; i < holders.size(); i++) {
      long ours = waitedFor(lock, holders.get(i));
      // By the thread's own clock it waits from before the call on.
      long least = costs.get(2 * i);
      long most = costs.get(2 * i + 1);
      assertTrue(
          ours > 0.9 * least && ours < 1.01 * most,
          holders.get(i) + ": " + ours + " of " + least + " to " + most);
    }
    assertNamesAreThoseOfLibjvm(OurAccount.read(recording).events("FutexWait"), mutexes);
  }

  private static List<String> texts(JsonNode rows) {
    return StreamSupport.stream(rows.spliterator(), false)
        .map(row -> row.get("thread").asText())
        .toList();
  }

  private static long waitedFor(JsonNode lock, String holder) {
    return StreamSupport.stream(lock.get("holders").spliterator(), false)
        .filter(row -> row.get("thread").asText().equals(holder))
        .mapToLong(row -> row.get("waited_for_ns").asLong())
        .sum();
  }

  /** The JVM's own threads wait for its mutexes all the time, or for their conditions. */
  private static void assertNamesAreThoseOfLibjvm(
      List<RecordedEvent> waits, Map<String, Long> mutexes) {
    Assumptions.assumeFalse(mutexes.isEmpty(), "this libjvm has no symbol table");
    int named = 0;
    for (RecordedEvent wait : waits) {
      String name = wait.getString("lock");
      long address = wait.getLong("address");
      if (name != null && mutexes.containsKey(name)) {
        long behind = address - mutexes.get(name);
        assertTrue(behind >= 0 && behind < 128, wait::toString);
        named++;
      }
      mutexes.forEach((variable, mutex) -> {
        // Where the platform's mutex and condition lie.
        if (address >= mutex && address < mutex + 96) {
          assertEquals(variable, name, wait::toString);
        }
      });
    }
    assertTrue(named > 0, "no wait for a mutex of the JVM among " + waits.size());
  }

  @Test
  void waitForANotificationIsNoContention() throws Exception {
    JsonNode report = play("wait", "");
    assertEquals(TIMES, waits(report, "monitor_wait"));
    assertEquals(List.of(), ofJava(report, "waiter"));
  }

  @Test
  void quietTargetGivesNoFinding() throws Exception {
    // Interpreted: the compiler's threads take locks that the threads of a young JVM want, too.
    JsonNode report = play("quiet", "", "-Xint");
    // The capture may have something to say of itself on a busy machine: of the target it has not.
    assertEquals(List.of(), of(report, finding -> true).toList());
    assertEquals(0, report.at("/syscall/violations").asLong());
  }

  /** Findings that are not about the JVM's own mutexes. */
  private static List<String> ofJava(JsonNode report, String thread) {
    return findings(report, thread)
        .map(finding -> finding.get("title").asText())
        .filter(title -> !title.contains("native mutex") && !title.contains("_lock"))
        .toList();
  }

  /** A lock of the JDK itself, such as ReferenceQueue's, it has to wait for once in a while. */
  private static List<String> ofLoad(JsonNode report) {
    return ofJava(report, "waiter").stream()
        .filter(title -> !title.contains("ReferenceQueue"))
        .toList();
  }

  private static final Pattern SLEEPS = Pattern.compile("provoked: sleeps=(\\d+) ");
  private static final Pattern TAKEN = Pattern.compile("found the lock taken: (\\d+)");

  /** Runs the demo with a disease; returns the number that it says of it. */
  private long demo(Path recording, String disease, Pattern number) throws Exception {
    Launch.Outcome outcome =
        new Launch(
                List.of(),
                Path.of(System.getProperty("java.home"), "bin", "java"),
                List.of(),
                List.of(Engine.JAR),
                List.of("demo.TradingEngine", "--seconds", "6", disease))
            .withAgent("start=latencyscope,modules=syscall,file=" + recording)
            .run(folder);
    Matcher matcher = number.matcher(outcome.out());
    assertTrue(matcher.find(), outcome.out() + outcome.errors());
    return Long.parseLong(matcher.group(1));
  }

  @Test
  void demosSleepsAreFoundEveryOne() throws Exception {
    Path recording = folder.resolve("demo.jfr");
    long slept = demo(recording, "--sleeps", SLEEPS);
    long count =
        finding(report(recording), "strategy", "strategy slept in Thread.sleep")
            .get("count")
            .asLong();
    // The engine does not wait for a capture to begin: on a busy machine it may be ill before. From
    // the first sleep that was seen on, every one is.
    OurAccount account = OurAccount.read(recording);
    Instant first =
        account.events("FutexWait").stream()
            .filter(event -> event.getString("thread").equals("strategy"))
            .filter(event -> event.getString("outcome").equals("timed-out"))
            .map(RecordedEvent::getStartTime)
            .min(Instant::compareTo)
            .orElseThrow();
    long sleeps =
        account.eventsOf("jdk.ThreadSleep").stream()
            .filter(event -> event.getThread().getJavaName().equals("strategy"))
            .filter(event -> event.getEndTime().isAfter(first))
            .count();
    assertTrue(sleeps > 50, sleeps + " sleeps");
    assertEquals(sleeps, count);
    assertTrue(count <= slept, count + " sleeps of " + slept);
  }

  @Test
  void demosLockRivalIsNamed() throws Exception {
    Path recording = folder.resolve("demo.jfr");
    long taken = demo(recording, "--lock-handoff", TAKEN);
    JsonNode report = report(recording);
    String rivals = "strategy waited for a lock (ReentrantLock) that lock-rival held";
    assertTrue(finding(report, "strategy", rivals).get("count").asLong() > 0);
    long waits =
        findings(report, "strategy")
            .filter(f -> f.get("title").asText().contains("ReentrantLock"))
            .mapToLong(f -> f.get("count").asLong())
            .sum();
    // It need not sleep for a lock that is given back at once; one taken from it as it wakes costs
    // another sleep.
    assertTrue(waits <= 2 * taken, waits + " waits for a lock that was taken " + taken + " times");
    assertEquals(
        List.of(), findings(report, "strategy").filter(SyscallReasonsIT::isSleep).toList());
  }

  private static boolean isSleep(JsonNode finding) {
    return finding.get("title").asText().contains("slept");
  }
}
