package latencyscope.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import latencyscope.analysis.Report;
import latencyscope.cli.capture.CaptureSession;
import latencyscope.cli.capture.CaptureWait;
import latencyscope.cli.capture.Progress;
import latencyscope.cli.console.Console;
import latencyscope.cli.console.Interrupts;
import latencyscope.cli.console.Machine;
import latencyscope.cli.console.ReleasedJar;
import latencyscope.cli.console.UserError;
import latencyscope.cli.demo.DemoEngine;
import latencyscope.cli.demo.TickToTrade;
import latencyscope.cli.output.Content;
import latencyscope.cli.output.Format;
import latencyscope.cli.output.OutputFile;
import latencyscope.cli.output.OutputOptions;
import latencyscope.cli.output.View;
import latencyscope.ledger.explain.Explainer;
import latencyscope.ledger.explain.Explanation;
import latencyscope.ledger.explain.Query;
import latencyscope.ledger.explain.UnknownEventException;
import latencyscope.proc.CpuSet;
import latencyscope.recording.RecordingFiles;
import latencyscope.recording.chunk.RecordingException;
import latencyscope.report.ExplanationText;
import latencyscope.report.TextReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Unmatched;

/** Shows what the program finds in a trading engine that was made ill on purpose. */
@Command(
    name = "demo",
    description = {
      "Run a small trading engine under the agent and report on it.",
      "",
      "Further options are passed to the engine: --competitor (the default), --sleeps, --gc,"
          + " --munmap-storm, --lock-handoff, --cold-journal, --packet-loss, --rate N, --seed N."
    },
    exitCodeList = {"0:the demo worked, whatever it found", "3:could not run"},
    footer = {
      "",
      "Examples:",
      "  latencyscope demo",
      "  latencyscope demo --seconds 5 --gc",
      "",
      "Check the prerequisites first: latencyscope doctor. Results are written to"
          + " latencyscope-demo/."
    })
final class DemoCommand extends Main.Common implements Callable<Integer> {
  private static final Path DIRECTORY = Path.of("latencyscope-demo");
  private static final long CHECK_MILLIS = 50;
  private static final String EVENT = "demo.TickToTrade";

  /** Of the result, unless all details are asked for: what one looks through at once. */
  private static final int LINES = 60;

  private final Console console;
  private final Machine machine;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "12",
      description = "How long the engine trades (default: 12).")
  private double seconds;

  @Option(names = "--details", description = "Print every panel, not only the first screen.")
  private boolean details;

  @Unmatched private List<String> engineOptions = new ArrayList<>();

  private final List<String> provoked = new ArrayList<>();

  DemoCommand(Console console, Machine machine) {
    this.console = console;
    this.machine = machine;
  }

  @Override
  public Integer call() throws UserError {
    CaptureSession.requireJdk();
    Path jar = ReleasedJar.path("the demo engine");
    CpuSet allowed = allowedCpus();
    int cpu =
        allowed.last().orElseThrow(() -> new UserError("the list of online CPUs cannot be read"));
    Path recording = freshDirectory().resolve(Format.JFR.file());
    run(jar, recording.toAbsolutePath(), cpu, allowed.minus(CpuSet.of(cpu)));
    Report report =
        new OutputOptions().read(List.of(recording), console).ofFiles(List.of(recording));
    String head = engine(recording);
    console.out().print(head);
    String text =
        details
            ? TextReport.of(report, console.style())
            : TextReport.firstScreen(report, console.style(), 0);
    console.out().print(text);
    // With two empty lines, and one that says how to see more.
    long left = LINES - (head + text).lines().count() - 3;
    slowest(recording, report.recording().capture().start(), details ? Integer.MAX_VALUE : left);
    console.out().flush();
    List<Path> files = write(report, recording);
    console.say(
        "the results are in "
            + String.join(", ", files.stream().map(Path::toString).toList())
            + " (a demo that worked ends with exit code 0; a capture ends with the report's exit"
            + " code)");
    return 0;
  }

  private CpuSet allowedCpus() {
    return machine
        .read("proc/self/status")
        .flatMap(s -> s.lines().filter(l -> l.startsWith("Cpus_allowed_list:")).findFirst())
        .map(line -> CpuSet.parse(line.substring(line.indexOf(':') + 1).strip()))
        .orElse(machine.online());
  }

  private static Path freshDirectory() throws UserError {
    try {
      Files.createDirectories(DIRECTORY);
      for (Format format : Format.values()) {
        Files.deleteIfExists(DIRECTORY.resolve(format.file()));
      }
      return DIRECTORY;
    } catch (IOException e) {
      throw new UserError(
          "no results can be written to " + DIRECTORY.toAbsolutePath() + ": " + e.getMessage(), e);
    }
  }

  private void run(Path jar, Path recording, int cpu, CpuSet others) throws UserError {
    List<String> options = new ArrayList<>(List.of("--seconds", "" + seconds));
    options.addAll(engineOptions.isEmpty() ? List.of("--competitor") : engineOptions);
    Interrupts interrupts = Interrupts.install();
    console.say(
        "running the demo engine in a separate JVM, its strategy thread on CPU " + cpu + "\n");
    int code;
    try (DemoEngine engine = DemoEngine.start(jar, recording, cpu, others, options)) {
      code = await(engine, cpu, others, interrupts);
    } finally {
      DemoEngine.unpin(others.plus(CpuSet.of(cpu)));
    }
    if (code != 0 && !interrupts.asked()) {
      throw new UserError("the demo engine ended with code " + code + ", see above");
    }
    if (!Files.isRegularFile(recording)) {
      throw new UserError("the demo engine left no recording, see above");
    }
  }

  private int await(DemoEngine engine, int cpu, CpuSet others, Interrupts interrupts)
      throws UserError {
    Duration limit = DemoEngine.limit(seconds);
    long startedAt = System.nanoTime();
    Progress progress = new Progress(console, "Trading", Duration.ofMillis((long) (seconds * 1e3)));
    boolean pinned = false;
    boolean stopped = false;
    while (engine.passOn(line -> say(line, progress))) {
      long passed = System.nanoTime() - startedAt;
      if (passed > limit.toNanos()) {
        throw new UserError("the demo engine did not end within " + limit.toSeconds() + " s");
      }
      if (interrupts.asked() && !stopped) {
        engine.stop();
        stopped = true;
      }
      pinned = pinned || engine.pinStrategy(cpu, others);
      progress.left((long) (seconds * 1e9) - passed);
      CaptureWait.sleep(CHECK_MILLIS);
    }
    progress.done();
    return engine.exitCode();
  }

  private void say(String line, Progress progress) {
    progress.done();
    console.err().println(line);
    if (line.startsWith("provoked:")) {
      provoked.add(line.replaceAll("\\s+", " "));
    }
  }

  private String engine(Path recording) throws UserError {
    StringBuilder head = new StringBuilder();
    head.append("Engine: ").append(TickToTrade.of(recording).describe()).append('\n');
    provoked.forEach(line -> head.append("Engine ").append(line).append('\n'));
    return head.append('\n').toString();
  }

  /** Prints where the time of the slowest went, of those that began while probes were attached. */
  private void slowest(Path recording, long from, long lines) throws UserError {
    Query query = new Query(EVENT, null, from, Long.MAX_VALUE, 1);
    try {
      Explanation slowest = Explainer.explain(new RecordingFiles(List.of(recording)), query);
      console.out().println();
      console.out().print(ExplanationText.ofSlowest(slowest, console.style(), (int) lines));
      console.out().println();
      console
          .out()
          .println("More of them: latencyscope explain " + recording + " --event " + EVENT);
    } catch (UnknownEventException e) {
      // The engine was stopped before it sent an order: then there is none to explain.
      console.say(e.getMessage());
    } catch (RecordingException e) {
      throw new UserError(e.getMessage(), e);
    }
  }

  private List<Path> write(Report report, Path recording) throws UserError {
    List<Path> files = new ArrayList<>(List.of(recording));
    try {
      Files.setPosixFilePermissions(recording, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      throw new UserError(recording + " could not be protected: " + e.getMessage(), e);
    }
    RecordingFiles source = new RecordingFiles(List.of(recording));
    Content content =
        new Content(report, source, View.DETAILS, console.fileStyle(), StandardCharsets.UTF_8);
    for (Format format : Format.ofDemo()) {
      Path file = DIRECTORY.resolve(format.file());
      new OutputFile(file).write(format, content);
      files.add(file);
    }
    return files;
  }
}
