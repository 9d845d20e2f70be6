package latencyscope.cli.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import latencyscope.cli.console.UserError;
import latencyscope.proc.CpuSet;
import latencyscope.proc.KernelFile;

/**
 * The demo trading engine in a separate JVM, recorded by the agent.
 *
 * <p>Ends with this process, at the latest. Used by a single thread.
 */
public final class DemoEngine implements AutoCloseable {
  private static final String MAIN_CLASS = "demo.TradingEngine";
  private static final String STRATEGY = "strategy";
  private static final long DUMP_SECONDS = 20;

  /** More workers than this gain nothing with a heap of this size. */
  private static final int COLLECTORS = 8;

  /** How long the engine waits for the probes, at most. */
  private static final long OPEN_SECONDS = 20;

  private final Process process;
  private final BufferedReader output;
  private final Thread hook;

  private DemoEngine(Process process) {
    this.process = process;
    output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    hook = new Thread(process::destroyForcibly, "latencyscope-demo-end");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /**
   * Starts it.
   *
   * @param jar the released jar, which holds agent and engine
   * @param recording file that it records to
   * @param cpu CPU that is to be the strategy's own, and that is watched
   * @param others CPUs that all other threads are to have; empty to leave them where they are
   * @param options the engine's options
   */
  public static DemoEngine start(
      Path jar, Path recording, int cpu, CpuSet others, List<String> options) throws UserError {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-javaagent:" + jar + "=start=latencyscope,cpus=" + cpu + ",file=" + recording);
    // As in production: no collection while the market is open, unless a disease asks for one.
    command.addAll(List.of("-Xms384m", "-Xmn256m"));
    if (!others.isEmpty()) {
      // The JVM counts the strategy's CPU, too, and one worker would then wait for another.
      command.add("-XX:ParallelGCThreads=" + Math.min(others.size(), COLLECTORS));
    }
    command.add("-cp");
    command.add(jar.toString());
    command.add(MAIN_CLASS);
    // Else a busy machine would trade before the probes are in place.
    command.add("--opens-when=latencyscope.state=capturing|failed");
    command.addAll(options);
    try {
      return new DemoEngine(new ProcessBuilder(command).redirectErrorStream(true).start());
    } catch (IOException e) {
      throw new UserError("the demo engine could not be started: " + e.getMessage(), e);
    }
  }

  /**
   * Passes on the lines that the engine wrote since the last call, without waiting for any.
   *
   * @return whether there may be more
   */
  public boolean passOn(Consumer<String> consumer) throws UserError {
    try {
      boolean runs = process.isAlive();
      while (output.ready()) {
        consumer.accept(output.readLine());
      }
      return runs;
    } catch (IOException e) {
      throw new UserError("the demo engine's output could not be read: " + e.getMessage(), e);
    }
  }

  /** Ends it; what it has recorded is written. */
  public void stop() {
    process.destroy();
  }

  /** The exit code of the engine that has ended. */
  public int exitCode() {
    return process.exitValue();
  }

  /**
   * Gives the strategy a CPU to itself, as a trading firm would: all other threads of the engine
   * get the rest. What they start later inherits that.
   *
   * @param others CPUs for all other threads; empty to leave them where they are
   * @return false if its thread has not started yet
   */
  public boolean pinStrategy(int cpu, CpuSet others) {
    OptionalLong thread = strategyThread();
    if (thread.isEmpty()) {
      return false;
    }
    if (!others.isEmpty()) {
      taskset("-apc", others.toString(), process.pid());
      // This process looks at the engine again and again meanwhile.
      taskset("-apc", others.toString(), ProcessHandle.current().pid());
    }
    taskset("-pc", "" + cpu, thread.getAsLong());
    return true;
  }

  /** Lets this process run where it could before the engine ran. */
  public static void unpin(CpuSet allowed) {
    taskset("-apc", allowed.toString(), ProcessHandle.current().pid());
  }

  private static void taskset(String option, String cpus, long id) {
    try {
      Process taskset =
          new ProcessBuilder("taskset", option, cpus, "" + id)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      taskset.waitFor(1, TimeUnit.SECONDS);
    } catch (IOException e) {
      // There is no taskset: the engine says so if it needs it, too.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private OptionalLong strategyThread() {
    Path tasks = Path.of("/proc", "" + process.pid(), "task");
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
      for (Path thread : threads) {
        if (KernelFile.comm(thread).equals(STRATEGY)) {
          return OptionalLong.of(Long.parseLong(thread.getFileName().toString()));
        }
      }
    } catch (IOException e) {
      // A thread has ended meanwhile, or the engine has: the next look shows which.
    }
    return OptionalLong.empty();
  }

  /** How long a run may take: the engine's own limit, and the time that start and dump take. */
  public static Duration limit(double seconds) {
    return Duration.ofMillis((long) (seconds * 1_500)).plusSeconds(2 + OPEN_SECONDS + DUMP_SECONDS);
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // This process is ending, and the hook is at work.
    }
  }
}
