package latencyscope.truth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import latencyscope.bpf.KernelTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that is no JVM, watched by the command line, against the kernel's account of it. */
@KernelTest
class OutsideIT {
  private static final int CPU = 1;

  /** Waits for a line, counts, says so, waits for the end. */
  private static final String LOOP =
      "read go; i=0; while [ $i -lt 500000 ]; do i=$((i+1)); done; echo counted; read end";

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
      try (CommandLine outside = CommandLine.watch(pid, folder);
          BufferedReader out = shell.inputReader(StandardCharsets.UTF_8)) {
        competitor = Commands.competitor(CPU);
        say(shell);
        assertEquals("counted", out.readLine());
        after = Account.settled(pid);
        report = outside.finish();
      }
      say(shell);
      assertAgree(after.minus(before), report);
      assertEquals("sh", report.at("/isolation/threads/0/thread").asText());
      assertEquals(pid, report.at("/target/pid").asLong());
    } finally {
      if (competitor != null) {
        Commands.end(competitor);
      }
      Commands.end(shell);
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
