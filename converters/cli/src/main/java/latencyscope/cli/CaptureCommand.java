package latencyscope.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import latencyscope.analysis.Report;
import latencyscope.cli.capture.CaptureRequest;
import latencyscope.cli.capture.CaptureRun;
import latencyscope.cli.capture.CaptureSession;
import latencyscope.cli.capture.CaptureWait;
import latencyscope.cli.capture.Durations;
import latencyscope.cli.capture.HistorySizes;
import latencyscope.cli.capture.ProbeCheck;
import latencyscope.cli.console.Console;
import latencyscope.cli.console.Machine;
import latencyscope.cli.console.ModuleNames;
import latencyscope.cli.console.PrivateDirectory;
import latencyscope.cli.console.Target;
import latencyscope.cli.console.UserError;
import latencyscope.cli.output.OutputOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Captures and reports: what the program does without a command. */
@Command(
    name = "latencyscope",
    synopsisSubcommandLabel = "[COMMAND]",
    description = {
      "Finds what in the kernel keeps threads from running, to the nanosecond.",
      "",
      "Without a command, it captures and reports."
    },
    footer = {
      "",
      "First:",
      "  latencyscope doctor                        checks the prerequisites",
      "  latencyscope demo                          a report on a disturbed engine",
      "  latencyscope --pid PID                     10 s of a process, JVM or not",
      "",
      "Then:",
      "  latencyscope -p PID -d 30 -o report.html   a page for a colleague",
      "  latencyscope -p PID -c 4-7 -m isolation    checks isolated CPUs",
      "  latencyscope -p PID --attach -o run.jfr    the agent in a JVM on Java 25",
      "  latencyscope explain run.jfr --event NAME  where its time went",
      "  latencyscope -p PID -o alpha.svg --notional 10000000",
      "                                             what latency costs, in dollars",
      "  latencyscope --json -o new.json --limit isolation.p99_runqueue_ns=1000",
      "                                             a gate: exit code 2 if above",
      "  latencyscope diff good.json new.json       what got worse",
      "",
      "For the options of a command: latencyscope COMMAND --help"
    })
final class CaptureCommand extends Main.Common implements Main.Verbose {
  private final Console console;
  private final Machine machine;

  @Option(
      names = {"-d", "--duration"},
      paramLabel = "TIME",
      defaultValue = "10",
      converter = Durations.class,
      description = "How long to capture: seconds, also 500ms or 2m (default: 10).")
  private Duration duration;

  @Option(
      names = {"-p", "--pid"},
      paramLabel = "PID",
      description = "The process to watch, JVM or not (default: every process).")
  private Long pid;

  @Option(
      names = {"-c", "--cpus"},
      paramLabel = "LIST",
      description = "CPUs to watch, such as 4,5,6-7 (default: all that are online).")
  private String cpus;

  @Option(
      names = {"-m", "--module"},
      paramLabel = "MODULE",
      split = ",",
      completionCandidates = ModuleNames.class,
      description = "What to measure: ${COMPLETION-CANDIDATES}; repeatable (default: all).")
  private List<String> modules = List.of();

  @Option(
      names = {"-i", "--interface"},
      paramLabel = "NAME",
      description = "Network interface to watch (default: all).")
  private String networkInterface;

  @Option(
      names = "--probe-cost",
      description =
          "Let the kernel count the run time of each probe. Meanwhile, each run of any BPF"
              + " program on this host takes two more clock reads.")
  private boolean probeCost;

  @Option(
      names = "--history",
      paramLabel = "SIZE",
      converter = HistorySizes.class,
      description =
          "Kernel memory for the logs of every occurrence, such as 64m; off for none (default:"
              + " 32m for each CPU, at most 1/64 of the host's memory).")
  private String history;

  @Option(
      names = "--attach",
      description =
          "Load the agent into the target JVM (Java 25), instead of watching it from outside.")
  private boolean attach;

  @Option(
      names = "--no-jvm-recording",
      description = "Do not start a JFR recording in a target JVM (thread names, pauses, locks).")
  private boolean noJvmRecording;

  @Mixin private OutputOptions output = new OutputOptions();

  CaptureCommand(Console console, Machine machine) {
    this.console = console;
    this.machine = machine;
  }

  @Override
  public boolean verbose() {
    return output.verbose();
  }

  @Override
  public Integer call() throws UserError {
    output.check();
    output.checkTerminal(console);
    if (!modules.isEmpty()) {
      output.showDetails(List.of());
    }
    CaptureRequest request = request();
    if (!attach) {
      CaptureSession.requireAgent();
    }
    try (PrivateDirectory directory = PrivateDirectory.create()) {
      return capture(request, directory.path());
    }
  }

  private CaptureRequest request() throws UserError {
    Target target = Scope.target(pid, machine);
    return new CaptureRequest(
        duration,
        target,
        Scope.cpus(cpus, machine),
        Scope.modules(modules),
        checkedInterface(target),
        probeCost,
        history);
  }

  private String checkedInterface(Target target) throws UserError {
    Set<String> known = machine.interfaces(target);
    if (networkInterface != null && !known.contains(networkInterface)) {
      throw new UserError(
          "--interface: there is no '"
              + networkInterface
              + "' here; there are "
              + String.join(", ", known));
    }
    return networkInterface;
  }

  private int capture(CaptureRequest request, Path directory) throws UserError {
    CaptureRun run = CaptureRun.run(request, attach, !noJvmRecording, directory, console);
    List<Path> files = run.files();
    CaptureWait.End end = run.end();
    Report report = output.read(files, console);
    if (end == CaptureWait.End.FAILED || !report.recording().probes().isEmpty()) {
      ProbeCheck.requireAny(report.recording().probes());
    }
    boolean gone =
        request.target() != null
            && (end == CaptureWait.End.TARGET_GONE || !report.recording().capture().targetAlive());
    if (gone) {
      report = report.ofEndedTarget();
    }
    output.write(report, files, console);
    if (gone) {
      console.say(
          "process "
              + request.target().pid()
              + " ended before the capture did; the report covers the time until then");
    }
    return report.exitCode();
  }
}
