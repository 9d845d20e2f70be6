package latencyscope.truth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import latencyscope.bpf.libbpf.KernelTest;
import latencyscope.truth.engine.CommandLine;
import latencyscope.truth.engine.Commands;
import latencyscope.truth.engine.ProcFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that is no JVM, watched by the command line, against the kernel's account of it. */
@KernelTest
class OutsideIT {
  private static final int CPU = 1;

  /** Waits for a line, counts, says so, waits for the end. */
  private static final String LOOP =
      "read go; i=0; while [ $i -lt 500000 ]; do i=$((i+1)); done; echo counted; read end";

  private static final Path NAMES = Path.of("src", "test", "c", "names.c").toAbsolutePath();

  private static final Path CONVOY = Path.of("src", "test", "c", "convoy.c").toAbsolutePath();

  /** As the program has them. */
  private static final int CONVOYS = 10;

  private static final int QUEUED = 3;

  @TempDir Path folder;

  @Test
  void shellThatSharesItsCpuIsCountedAsTheKernelCountsIt() throws Exception {
    Process shell =
        new ProcessBuilder(
                "taskset",
                "-c",
                String.valueOf(CPU),
                "timeout",
                "--foreground",
                "300",
                "sh",
                "-c",
                LOOP)
            .start();
    Process competitor = null;
    try {
      long pid = childOf(shell);
      Account before = Account.settled(pid);
      JsonNode report;
      Account after;
      long competing;
      try (CommandLine outside = CommandLine.watch(pid, folder);
          BufferedReader out = shell.inputReader(StandardCharsets.UTF_8)) {
        competitor = Commands.competitor(CPU);
        say(shell);
        assertEquals("counted", out.readLine());
        after = Account.settled(pid);
        competing = childOf(competitor);
        Commands.end(competitor);
        report = outside.finish();
      }
      say(shell);
      assertAgree(after.minus(before), report);
      assertRemediesFit(report, pid, competing);
      assertEquals("sh", report.at("/isolation/threads/0/thread").asText());
      assertEquals(pid, report.at("/target/pid").asLong());
    } finally {
      if (competitor != null) {
        Commands.end(competitor);
      }
      Commands.end(shell);
    }
  }

  /** Names are bytes, and threads make a process, not its first one. */
  @Test
  void aProcessOfAnyNamesLivesAsLongAsItsThreads() throws Exception {
    Path program = folder.resolve("names");
    Commands.output("gcc", "-O1", "-Wall", "-pthread", "-o", program.toString(), NAMES.toString());
    Process names = new ProcessBuilder(program.toString(), folder.toString()).start();
    try (BufferedReader out = names.inputReader(StandardCharsets.UTF_8)) {
      assertEquals("ready", out.readLine());
      JsonNode report;
      try (CommandLine outside = CommandLine.watch(names.pid(), folder)) {
        TimeUnit.SECONDS.sleep(1);
        report = outside.finish();
      }
      assertEquals("", Files.readString(folder.resolve("cli-stderr.txt")));
      assertEquals("торговл", report.at("/isolation/threads/0/thread").asText());
      assertTrue(report.at("/target/command").asText().contains("names"), report::toString);
      assertEquals(0, report.at("/capture/records_lost").asLong(), report::toString);
      assertTrue(report.at("/memory/minor_fault_count").asLong() > 1_000, report::toString);
      assertEquals(
          "mapped-file", report.at("/memory/faults_by_region/0/region").asText(), report::toString);
    } finally {
      Commands.end(names);
    }
  }

  /** Owner, queue and each wait for a mutex of native code, against the threads' own clocks. */
  @Test
  void aConvoyForANativeMutexIsToldAsTheThreadsTimedIt() throws Exception {
    Path program = folder.resolve("convoy");
    Commands.output("gcc", "-O1", "-Wall", "-pthread", "-o", program.toString(), CONVOY.toString());
    Process convoy = new ProcessBuilder(program.toString()).start();
    JsonNode report;
    List<Long> clocks;
    try (BufferedReader out = convoy.inputReader(StandardCharsets.UTF_8)) {
      assertEquals("ready", out.readLine());
      try (CommandLine outside = CommandLine.watch(convoy.pid(), folder)) {
        say(convoy);
        clocks = Stream.of(out.readLine().strip().split(" ")).map(Long::valueOf).toList();
        report = outside.finish();
      }
      say(convoy);
    } finally {
      Commands.end(convoy);
    }
    JsonNode lock = report.at("/syscall/locks/0");
    assertEquals("native", lock.get("kind").asText(), report::toString);
    assertEquals(QUEUED, lock.get("longest_queue").asInt(), lock::toString);
    assertEquals(CONVOYS, lock.get("convoy_count").asInt(), lock::toString);
    assertEquals((long) QUEUED * CONVOYS, lock.get("wait_count").asLong(), lock::toString);
    List<String> holders = List.of("owner", "queued-0", "queued-1");
    assertEquals(QUEUED, lock.get("holders").size(), lock::toString);
    for (int i = 0; i < QUEUED; i++) {
      long held = of(lock.get("holders"), holders.get(i)).get("waited_for_ns").asLong();
      assertWithin(clocks.get(2 * i), held, clocks.get(2 * i + 1), lock);
      JsonNode waiter = of(lock.get("waiters"), "queued-" + i);
      assertEquals(CONVOYS, waiter.get("count").asInt(), waiter::toString);
      int own = 2 * (QUEUED + i);
      long waited = waiter.get("total_ns").asLong();
      assertWithin(clocks.get(own), waited, clocks.get(own + 1), waiter);
    }
    JsonNode finding =
        StreamSupport.stream(report.get("findings").spliterator(), false)
            .filter(one -> one.get("title").asText().startsWith(QUEUED + " threads queued for "))
            .findFirst()
            .orElseThrow(() -> new AssertionError(report.get("findings")));
    assertTrue(finding.get("title").asText().endsWith(" that owner held"), finding::toString);
    assertTrue(finding.get("culprit").asText().startsWith("owner (pid "), finding::toString);
  }

  /** By the threads' own clocks a wait begins before the call, and ends when they run again. */
  private static void assertWithin(long least, long ours, long most, JsonNode of) {
    assertTrue(
        ours > 0.9 * least && ours < 1.01 * most,
        () -> of + ": " + ours + ", and by the threads' clocks " + least + " to " + most);
  }

  private static JsonNode of(JsonNode rows, String thread) {
    return StreamSupport.stream(rows.spliterator(), false)
        .filter(row -> row.get("thread").asText().equals(thread))
        .findFirst()
        .orElseThrow(() -> new AssertionError(thread + " is not in " + rows));
  }

  /** The shell was pinned from its begin, and the competitor had ended before the capture. */
  private static void assertRemediesFit(JsonNode report, long pid, long competitor) {
    String remedies = report.get("findings").findValuesAsText("remedy").toString();
    String ofPinned = "taskset -pc \\S+ " + pid + "\\b";
    assertFalse(Pattern.compile(ofPinned).matcher(remedies).find(), remedies);
    String ofEnded = "taskset -apc \\S+ " + competitor + "\\b";
    assertFalse(Pattern.compile(ofEnded).matcher(remedies).find(), remedies);
    // All but certain, and not on a host where others took more of the CPU.
    if (report.get("findings").findValuesAsText("culprit").toString().contains("" + competitor)) {
      assertTrue(remedies.contains("(pid " + competitor + ") off CPU 1. It has ended"), remedies);
    }
  }

  private static void assertAgree(Account kernel, JsonNode report) {
    JsonNode ours = report.get("isolation");
    assertTrue(
        kernel.involuntary > 0 && kernel.runDelayNs > 50_000_000,
        "the competitor did not compete: " + kernel);
    assertEquals(kernel.voluntary, ours.get("voluntary_switches").asLong(), ours::toString);
    assertEquals(kernel.involuntary, ours.get("involuntary_switches").asLong(), ours::toString);
    assertEquals(kernel.runCount, ours.get("runqueue_count").asLong(), ours::toString);
    assertEquals(
        kernel.runDelayNs,
        ours.get("runqueue_total_ns").asDouble(),
        0.01 * kernel.runDelayNs,
        ours::toString);
    // Not "the competitor": on a busy machine another task may have taken more of this CPU.
    // Nor the first of all: the capture may have to say of itself that its thread was late.
    JsonNode finding =
        StreamSupport.stream(report.get("findings").spliterator(), false)
            .filter(one -> one.get("module").asText().equals("isolation"))
            .findFirst()
            .orElseThrow(() -> new AssertionError(report.get("findings")));
    assertEquals("sh", finding.get("thread").asText(), finding::toString);
    assertNotEquals("", finding.path("culprit").asText(""));
  }

  private static long childOf(Process shell) throws InterruptedException {
    for (int look = 0; look < 6_000; look++) {
      // taskset has become timeout, which starts the shell.
      long pid = shell.children().mapToLong(ProcessHandle::pid).findFirst().orElse(0);
      if (pid != 0) {
        return pid;
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
    throw new AssertionError("the shell did not start");
  }

  private static void say(Process shell) throws IOException {
    shell.getOutputStream().write('\n');
    shell.getOutputStream().flush();
  }

  /** Of {@code status} and {@code schedstat}; times in nanoseconds. */
  private record Account(long voluntary, long involuntary, long runDelayNs, long runCount) {
    /** Reads it when the process sleeps in its read: nothing changes then. */
    static Account settled(long pid) throws IOException, InterruptedException {
      Path process = Path.of("/proc", String.valueOf(pid));
      for (int look = 0; look < 500; look++) {
        Account first = read(process);
        TimeUnit.MILLISECONDS.sleep(50);
        if (ProcFile.of(process.resolve("status")).text("State").startsWith("S")
            && Files.readString(process.resolve("comm")).equals("sh\n")
            && first.equals(read(process))) {
          return first;
        }
      }
      throw new AssertionError("the shell does not come to rest");
    }

    private static Account read(Path process) throws IOException {
      ProcFile status = ProcFile.of(process.resolve("status"));
      String[] schedstat = Files.readString(process.resolve("schedstat")).strip().split(" ");
      return new Account(
          status.number("voluntary_ctxt_switches"),
          status.number("nonvoluntary_ctxt_switches"),
          Long.parseLong(schedstat[1]),
          Long.parseLong(schedstat[2]));
    }

    Account minus(Account before) {
      return new Account(
          voluntary - before.voluntary,
          involuntary - before.involuntary,
          runDelayNs - before.runDelayNs,
          runCount - before.runCount);
    }
  }
}
