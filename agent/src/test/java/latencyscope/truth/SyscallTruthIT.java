package latencyscope.truth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;
import latencyscope.bpf.libbpf.KernelTest;
import latencyscope.truth.account.CallAccount;
import latencyscope.truth.account.OurAccount;
import latencyscope.truth.account.TracedCount;
import latencyscope.truth.engine.Commands;
import latencyscope.truth.engine.Engine;
import latencyscope.truth.workload.OutsideRecorder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The syscall module's numbers against a program that knows what it did, and bpftrace. */
@KernelTest
class SyscallTruthIT {
  private static final Path SOURCE = Path.of("src", "test", "c", "calls.c").toAbsolutePath();
  private static final int TIMES = 40;
  private static final long NAP_NS = 20_000_000;

  @TempDir Path folder;

  private OurAccount ours;
  private List<CallAccount> accounts;
  private Map<Long, Long> entries;
  private long partner;

  private void play(String... loads) throws Exception {
    Path program = folder.resolve("calls");
    Commands.output(
        "gcc", "-O1", "-Wall", "-Werror", "-pthread", "-o", program.toString(), SOURCE.toString());
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(Arrays.asList(loads));
    Path errors = folder.resolve("stderr.txt");
    Path recording = folder.resolve("recording.jfr");
    Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    try (Engine calls = new Engine(process, errors)) {
      calls.await("ready");
      try (Engine recorder =
              Engine.start(
                  folder.resolve("recorder.txt"),
                  OutsideRecorder.class,
                  String.valueOf(calls.pid()),
                  recording.toString(),
                  "syscall",
                  "FutexWait",
                  "BlockingSyscall",
                  "Sleep");
          TracedCount traced = TracedCount.ofCalls(calls.pid())) {
        recorder.await("ready");
        calls.say("go");
        List<String> lines = lines(calls);
        entries = traced.byThread();
        recorder.say("stop");
        assertEquals(0, recorder.finish());
        accounts = CallAccount.read(lines);
        partner =
            lines.stream()
                .filter(line -> line.startsWith("partner "))
                .mapToLong(line -> Long.parseLong(line.split(" ")[3]))
                .findFirst()
                .orElseThrow();
      }
    }
    ours = OurAccount.read(recording);
    assertEquals("", Files.readString(folder.resolve("recorder.txt")), "the agent said something");
    assertEquals(List.of(), ours.events("RecordsLost"));
  }

  /** Lines until the loads are done; stops and continues the program when it says so. */
  private static List<String> lines(Engine calls) throws Exception {
    List<String> lines = new ArrayList<>();
    for (String line = calls.await(""); !line.equals("done"); line = calls.await("")) {
      lines.add(line);
      if (line.equals("sleeping")) {
        TimeUnit.MILLISECONDS.sleep(100);
        Commands.output("kill", "-STOP", String.valueOf(calls.pid()));
        TimeUnit.MILLISECONDS.sleep(100);
        Commands.output("kill", "-CONT", String.valueOf(calls.pid()));
      }
    }
    return lines;
  }

  @Test
  void callsThatBlockAreExact() throws Exception {
    play("pipe-reader", "poller", "acceptor", "syncer");
    assertExact();
    assertEquals(TIMES, blocked("pipe-reader", "read"));
    assertEquals(2 * TIMES, account("pipe-reader", "read").calls());
    for (RecordedEvent read : events("pipe-reader", "read")) {
      assertEquals("pipe", read.getString("file"));
      assertEquals(1, read.getLong("result"));
      assertTrue(read.getInt("descriptor") > 2, read::toString);
      assertWaker(read);
    }
    for (String call : List.of("poll", "epoll_wait")) {
      assertEquals(TIMES, blocked("poller", call));
      events("poller", call).forEach(this::assertWaker);
    }
    for (String call : List.of("accept", "recvmsg")) {
      assertEquals(TIMES, blocked("acceptor", call));
      for (RecordedEvent event : events("acceptor", call)) {
        assertEquals("socket", event.getString("file"));
        assertWaker(event);
      }
    }
    events("syncer", "fsync").forEach(e -> assertEquals("regular", e.getString("file")));
  }

  @Test
  void futexWaitsAreExactAndTheirWakersKnown() throws Exception {
    play("contender", "pi-contender", "conditioned", "waitv");
    assertExact();
    assertEquals(TIMES, blocked("contender", "futex"));
    for (RecordedEvent wait : events("contender", "futex")) {
      assertEquals("wait", wait.getString("operation"));
      assertEquals(2, wait.getLong("expected"));
      assertWoken(wait);
    }
    assertEquals(TIMES, blocked("pi-contender", "futex"));
    for (RecordedEvent wait : events("pi-contender", "futex")) {
      assertEquals("lock-pi", wait.getString("operation"));
      assertWoken(wait);
    }
    assertEquals(TIMES, blocked("conditioned", "futex"));
    for (RecordedEvent wait : events("conditioned", "futex")) {
      assertEquals("wait-bitset", wait.getString("operation"));
      assertWoken(wait);
    }
    assertEquals(2 * TIMES, blocked("waitv", "futex_waitv"));
    List<RecordedEvent> timed =
        events("waitv", "futex_waitv").stream().filter(e -> e.getBoolean("timed")).toList();
    assertEquals(TIMES, timed.size());
    // Of a wakeup that is not traced, nobody knows what made it.
    assertTrue(timed.stream().filter(wait -> isBy("unknown", wait)).count() <= TIMES / 10);
    for (RecordedEvent wait : events("waitv", "futex_waitv")) {
      assertEquals("waitv", wait.getString("operation"));
      if (wait.getBoolean("timed")) {
        assertEquals("timed-out", wait.getString("outcome"));
        assertTrue(isBy("hardirq", wait) || isBy("unknown", wait), wait::toString);
        assertNull(wait.getString("waker"));
        long asked = wait.getDuration("asked").toNanos();
        assertTrue(asked > NAP_NS / 2 && asked <= NAP_NS, wait::toString);
      } else {
        assertWoken(wait);
      }
    }
  }

  @Test
  void sleepsAreExactAndKnowWhatWasAsked() throws Exception {
    play("sleeper");
    assertExact();
    assertEquals(2 * TIMES, blocked("sleeper", "clock_nanosleep"));
    assertEquals(TIMES, blocked("sleeper", "poll"));
    int relative = 0;
    for (RecordedEvent sleep : ours.events("Sleep", id("sleeper"))) {
      long asked = sleep.getDuration("asked").toNanos();
      assertEquals("completed", sleep.getString("outcome"));
      assertTrue(asked > NAP_NS / 2 && asked <= NAP_NS, sleep::toString);
      relative += asked == NAP_NS ? 1 : 0;
      long slept = sleep.getDuration("kernelDuration").toNanos();
      assertEquals(slept - asked, sleep.getDuration("overslept").toNanos(), sleep::toString);
    }
    assertTrue(relative >= 2 * TIMES, relative + " sleeps asked for a time and not until one");
    assertEquals(3 * TIMES, ours.occurrences(id("sleeper"), "overslept"));
  }

  @Test
  void interruptedAndRestartedCallsAreOneEach() throws Exception {
    play("interrupted", "restarted", "stopped");
    assertExact();
    assertEquals(TIMES, blocked("interrupted", "clock_nanosleep"));
    for (RecordedEvent sleep : events("interrupted", "clock_nanosleep")) {
      assertEquals("interrupted", sleep.getString("outcome"));
      assertEquals(20_000_000_000L, sleep.getDuration("asked").toNanos());
    }
    assertEquals(0, ours.counter(id("interrupted"), "restarts"));
    assertEquals(TIMES, blocked("restarted", "read"));
    events("restarted", "read").forEach(read -> assertEquals(1, read.getLong("result")));
    assertEquals(TIMES, ours.counter(id("restarted"), "restarts"));
    List<RecordedEvent> stopped = events("stopped", "clock_nanosleep");
    assertEquals(1, stopped.size());
    assertEquals("completed", stopped.get(0).getString("outcome"));
    assertTrue(stopped.get(0).getDuration("kernelDuration").toMillis() >= 3_000);
    assertEquals(1, ours.counter(id("stopped"), "restarts"));
  }

  /** Every thread's calls, and how often and how long they blocked, against its own account. */
  private void assertExact() {
    for (CallAccount account : accounts) {
      List<RecordedEvent> events = events(account.thread(), account.call());
      assertEquals(account.blocked(), events.size(), account::toString);
      assertLengths(account, events);
      events.forEach(e -> assertEquals(account.thread(), e.getString("thread")));
    }
    for (long id : accounts.stream().mapToLong(CallAccount::osThreadId).distinct().toArray()) {
      assertEquals(
          entries.get(id), ours.counter(id, "syscalls") + ours.counter(id, "restarts"), "calls");
      assertEquals(
          ours.events("FutexWait", id).size(),
          Stream.of("futex_woken", "futex_timed_out", "futex_interrupted")
              .mapToLong(measure -> ours.occurrences(id, measure))
              .sum());
      assertEquals(
          ours.events("BlockingSyscall", id).size(), ours.occurrences(id, "blocking_call"));
      assertEquals(ours.events("Sleep", id).size(), ours.occurrences(id, "sleep"));
    }
  }

  /**
   * The thread looks at its clock before the entry and after the exit, and may have to wait for a
   * CPU in between: never less than we say, and mostly not much more.
   */
  private static void assertLengths(CallAccount account, List<RecordedEvent> events) {
    List<Long> ours =
        events.stream()
            .sorted(Comparator.comparing(RecordedEvent::getStartTime))
            .map(event -> event.getDuration("kernelDuration").toNanos())
            .toList();
    List<Double> parts = new ArrayList<>();
    for (int i = 0; i < ours.size(); i++) {
      long theirs = account.blockedNs().get(i);
      assertTrue(ours.get(i) <= theirs, "call " + i + ": " + ours.get(i) + " ns of " + account);
      if (theirs > 1_000_000) {
        parts.add((double) ours.get(i) / theirs);
      }
    }
    Collections.sort(parts);
    if (parts.size() > ours.size() / 2) {
      double median = parts.get(parts.size() / 2);
      assertTrue(median > 0.9, median + " of what the thread says: " + ours + ", " + account);
    }
  }

  private CallAccount account(String thread, String call) {
    return accounts.stream()
        .filter(a -> a.thread().equals(thread) && a.call().equals(call))
        .findFirst()
        .orElseThrow();
  }

  private long blocked(String thread, String call) {
    return account(thread, call).blocked();
  }

  private long id(String thread) {
    Predicate<CallAccount> named = account -> account.thread().equals(thread);
    return accounts.stream().filter(named).findFirst().orElseThrow().osThreadId();
  }

  private List<RecordedEvent> events(String thread, String call) {
    if (call.startsWith("futex")) {
      return ours.events("FutexWait", id(thread));
    }
    return Stream.of("BlockingSyscall", "Sleep")
        .flatMap(type -> ours.events(type, id(thread)).stream())
        .filter(event -> event.getString("call").equals(call))
        .toList();
  }

  private static boolean isBy(String context, RecordedEvent wait) {
    return wait.getString("wakerContext").equals(context);
  }

  private void assertWoken(RecordedEvent wait) {
    assertEquals("woken", wait.getString("outcome"));
    assertWaker(wait);
  }

  private void assertWaker(RecordedEvent event) {
    assertEquals(partner, event.getLong("wakerTid"), event::toString);
    assertEquals("calls", event.getString("waker"));
    // Also where its own send through the loopback device raised the softirq that woke.
    assertEquals("task", event.getString("wakerContext"), event::toString);
  }
}
