package latencyscope.truth;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Ordinary Linux commands that provoke something or give an account of their own. */
final class Commands {
  private Commands() {}

  /** Runs a command to its end and returns what it printed on standard output. */
  static String output(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(false).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String errors = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new AssertionError(List.of(command) + " failed: " + errors);
    }
    return out;
  }

  /** Moves a thread to a CPU. */
  static void pin(String osThreadId, int cpu) throws IOException, InterruptedException {
    output("taskset", "-pc", String.valueOf(cpu), osThreadId);
  }

  /**
   * A process that wants all of one CPU, for at most half a minute; destroy it when done.
   *
   * @param under a command that it runs under, such as {@code chrt}
   */
  static Process competitor(int cpu, String... under) throws IOException {
    List<String> command = new ArrayList<>(List.of(under));
    command.addAll(List.of("taskset", "-c", String.valueOf(cpu)));
    command.addAll(List.of("timeout", "30", "sh", "-c", "while :; do :; done"));
    return new ProcessBuilder(command).start();
  }

  /** CPU time, nanoseconds, that what a process started has used, by {@code schedstat}. */
  static long cpuTimeNs(Process process) throws IOException {
    long sum = 0;
    for (ProcessHandle child : process.descendants().toList()) {
      String schedstat = Files.readString(Path.of("/proc/" + child.pid() + "/schedstat"));
      sum += Long.parseLong(schedstat.substring(0, schedstat.indexOf(' ')));
    }
    return sum;
  }

  /** Ends a process and what it started. */
  static void end(Process process) throws InterruptedException {
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
    process.waitFor();
  }
}
