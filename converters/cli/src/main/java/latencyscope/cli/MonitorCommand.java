package latencyscope.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import latencyscope.cli.capture.CaptureRequest;
import latencyscope.cli.capture.CaptureWait;
import latencyscope.cli.capture.Durations;
import latencyscope.cli.capture.LiveCapture;
import latencyscope.cli.capture.ProbeCheck;
import latencyscope.cli.console.Console;
import latencyscope.cli.console.Interrupts;
import latencyscope.cli.console.Machine;
import latencyscope.cli.console.PrivateDirectory;
import latencyscope.cli.console.Target;
import latencyscope.cli.console.UserError;
import latencyscope.cli.monitor.LiveSource;
import latencyscope.cli.monitor.Monitor;
import latencyscope.monitor.LiveModel;
import latencyscope.recording.Recording;
import latencyscope.recording.chunk.RecordingException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows a process live: its threads with what they lose, the worst stalls, the CPUs. */
@Command(
    name = "monitor",
    description = {
      "Show live what keeps a process's threads from running: lost time by cause over the last 1,"
          + " 10 or 60 seconds, the worst stalls with their culprits, and who has the CPUs.",
      "",
      "Without a terminal, it prints a block of lines for each interval."
    },
    footer = {
      "",
      "Keys: 1 2 3 window, s sort, j k Enter thread, Esc back, p pause, m mark, d dump, q quit",
      "",
      "Examples:",
      "  latencyscope monitor -p PID",
      "  latencyscope monitor -p PID -d 60 > stalls.txt"
    })
final class MonitorCommand extends Main.Common implements Main.Verbose {
  /** Those that take a thread's time. System calls and packets are many, and are not shown. */
  private static final List<String> MODULES = List.of("isolation", "irq", "memory");

  private static final Duration FOREVER = Duration.ofDays(36_500);

  /** If this process is killed, a recording in the target ends by itself, after that time. */
  private static final Duration LONGEST_ATTACHED = Duration.ofHours(1);

  private final Console console;
  private final Machine machine;

  @Option(
      names = {"-p", "--pid"},
      required = true,
      paramLabel = "PID",
      description = "The process to watch, JVM or not.")
  private Long pid;

  @Option(
      names = {"-c", "--cpus"},
      paramLabel = "LIST",
      description = "CPUs to watch, such as 4,5,6-7 (default: all that are online).")
  private String cpus;

  @Option(
      names = "--attach",
      description =
          "Load the agent into the target JVM (Java 25) and read what it records: threads have"
              + " their Java names.")
  private boolean attach;

  @Option(
      names = "--threshold",
      paramLabel = "TIME",
      defaultValue = "10us",
      converter = Durations.class,
      description = "Show stalls from this length on (default: 10us). Shorter costs more.")
  private Duration threshold;

  @Option(
      names = "--blocked",
      paramLabel = "TIME",
      defaultValue = "1ms",
      converter = Durations.class,
      description = "Count as blocked what takes this long or longer (default: 1ms).")
  private Duration blocked;

  @Option(
      names = {"-d", "--duration"},
      paramLabel = "TIME",
      converter = Durations.class,
      description = "End after this time (default: run until q or Ctrl-C).")
  private Duration duration;

  @Option(names = "--plain", description = "Print blocks of lines, also on a terminal.")
  private boolean plain;

  @Option(
      names = "--interval",
      paramLabel = "TIME",
      defaultValue = "1",
      converter = Durations.class,
      description = "Time between two blocks of lines (default: 1 s).")
  private Duration interval;

  @Option(
      names = "--dump-dir",
      paramLabel = "DIR",
      defaultValue = ".",
      description = "Directory for the recordings of the key d (default: working directory).")
  private Path dumps;

  @Option(
      names = {"-v", "--verbose"},
      description = "Print a stack trace with an error.")
  private boolean verbose;

  MonitorCommand(Console console, Machine machine) {
    this.console = console;
    this.machine = machine;
  }

  @Override
  public boolean verbose() {
    return verbose;
  }

  @Override
  public Integer call() throws UserError {
    Target target = Scope.target(pid, machine);
    CaptureRequest request =
        new CaptureRequest(
            limit(),
            target,
            Scope.cpus(cpus, machine),
            MODULES,
            null,
            false,
            CaptureRequest.NO_HISTORY);
    if (!Files.isDirectory(dumps)) {
      throw new UserError("--dump-dir: there is no directory " + dumps);
    }
    LiveModel model = new LiveModel(pid);
    LiveSource source = new LiveSource(target, dumps);
    Monitor monitor =
        new Monitor(
            new Monitor.Settings(
                "pid " + pid + " " + command(), pid, threshold, blocked, console.zone()),
            model,
            source);
    Interrupts interrupts = Interrupts.install();
    try (LiveCapture capture =
        LiveCapture.start(
            request,
            attach,
            new LiveCapture.Thresholds(threshold, blocked),
            model::add,
            until -> {
              model.complete(until);
              monitor.modelChanged();
            })) {
      source.reads(capture);
      if (!new CaptureWait(capture, request).awaitProbes(interrupts)) {
        requireProbes(capture, interrupts);
        return 0;
      }
      show(monitor, interrupts);
    }
    if (monitor.targetEnded()) {
      throw new UserError("process " + pid + " has ended");
    }
    return 0;
  }

  private Duration limit() {
    return duration != null ? duration : attach ? LONGEST_ATTACHED : FOREVER;
  }

  private void show(Monitor monitor, Interrupts interrupts) throws UserError {
    long startedAt = System.nanoTime();
    BooleanSupplier enough =
        () ->
            interrupts.asked()
                || (duration != null || attach)
                    && System.nanoTime() - startedAt >= limit().toNanos();
    if (plain || !console.interactive()) {
      monitor.asText(console, interval, enough);
    } else {
      monitor.onTerminal(console, enough);
    }
  }

  private String command() {
    return machine.read("proc/" + pid + "/comm").orElse("");
  }

  private static void requireProbes(LiveCapture capture, Interrupts interrupts) throws UserError {
    if (interrupts.asked()) {
      return;
    }
    try (PrivateDirectory directory = PrivateDirectory.create()) {
      Path file = directory.path().resolve("monitor.jfr");
      capture.finish(file);
      ProbeCheck.requireAny(Recording.read(file).probes());
    } catch (RecordingException e) {
      throw new UserError("nothing could be captured: " + e.getMessage(), e);
    }
  }
}
