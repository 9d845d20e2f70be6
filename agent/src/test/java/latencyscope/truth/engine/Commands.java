package latencyscope.truth.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Ordinary Linux commands that provoke something or give an account of their own. */
public final class Commands {
  private static final int LOOKS = 3_000;

  private Commands() {}

  /** Runs a command to its end and returns what it printed on standard output. */
  public static String output(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(false).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String errors = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new AssertionError(List.of(command) + " failed: " + errors);
    }
    return out;
  }

  /** Moves a thread to a CPU. */
  public static void pin(String osThreadId, int cpu) throws IOException, InterruptedException {
    output("taskset", "-pc", String.valueOf(cpu), osThreadId);
  }

  /** Moves all threads of a process to a CPU, and with them those that they bear from then on. */
  public static void pinAll(long pid, int cpu) throws IOException, InterruptedException {
    ofEachThread(pid, "taskset -pc " + cpu);
  }

  /**
   * Takes from all threads of a process, and those that they bear from then on, that they preempt
   * another one when they wake up.
   */
  public static void makeBatch(long pid) throws IOException, InterruptedException {
    ofEachThread(pid, "chrt --batch --pid 0");
  }

  private static void ofEachThread(long pid, String command)
      throws IOException, InterruptedException {
    // Not the commands' own --all: they fail when one of them ends meanwhile.
    String each = command + " ${task##*/} || [ ! -d $task ] || exit 1";
    output("sh", "-c", "for task in /proc/" + pid + "/task/*; do " + each + "; done");
  }

  /**
   * A process that wants all of one CPU, for at most two minutes; destroy it when done.
   *
   * @param under a command that it runs under, such as {@code chrt}
   */
  public static Process competitor(int cpu, String... under) throws IOException {
    List<String> command = new ArrayList<>(List.of(under));
    command.addAll(List.of("taskset", "-c", String.valueOf(cpu)));
    command.addAll(List.of("timeout", "120", "sh", "-c", "while :; do :; done"));
    return new ProcessBuilder(command).start();
  }

  /**
   * Waits until a process has become a program: until then it is the tools that were put before it.
   *
   * @param program its name, at most 15 characters
   */
  public static void awaitProgram(Process process, String program)
      throws IOException, InterruptedException {
    Path comm = Path.of("/proc", Long.toString(process.pid()), "comm");
    for (int look = 0; look < LOOKS; look++) {
      if (Files.readString(comm).strip().equals(program)) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
    throw new AssertionError("process " + process.pid() + " does not become " + program);
  }

  /** Ends a process and what it started. */
  public static void end(Process process) throws InterruptedException {
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
    process.waitFor();
  }
}
