package latencyscope.cli;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import latencyscope.cli.capture.CaptureSession;
import latencyscope.cli.capture.Durations;
import latencyscope.cli.console.Console;
import latencyscope.cli.console.Machine;
import latencyscope.cli.console.PrivateDirectory;
import latencyscope.cli.console.UserError;
import latencyscope.cli.output.OutputFile;
import latencyscope.cli.output.ResultOutput;
import latencyscope.contract.Contract;
import latencyscope.contract.ContractException;
import latencyscope.contract.ContractFile;
import latencyscope.contract.Environment;
import latencyscope.contract.Outcome;
import latencyscope.contract.check.CheckResult;
import latencyscope.contract.check.ClauseResult;
import latencyscope.contract.output.CheckJson;
import latencyscope.contract.output.CheckText;
import latencyscope.contract.output.GitHub;
import latencyscope.contract.output.JunitXml;
import latencyscope.ledger.explain.Explanation;
import latencyscope.ledger.explain.Query;
import latencyscope.recording.RecordingFiles;
import latencyscope.report.ExplanationText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Checks a contract against a process or a recording. */
@Command(
    name = "check",
    description = {
      "Check a contract: what threads and the host may suffer, clause by clause.",
      "",
      "A clause passes only with evidence. Without it, with too few samples, or if somebody else is"
          + " the cause on a CPU that is theirs, too, it is inconclusive."
    },
    exitCodeList = {
      "0:every clause passed, or an exception allows what did not",
      "2:a clause was violated; with --strict also: is inconclusive",
      "3:could not run: usage, privileges, an error in the contract, target gone",
      "4:no clause was violated, but one is inconclusive",
      "130:Ctrl-C, twice"
    },
    footer = {
      "",
      "Examples:",
      "  latencyscope check latencyscope.yml --pid PID",
      "  latencyscope check latencyscope.yml run.jfr",
      "  latencyscope check latencyscope.yml run.jfr --junit-xml check.xml --strict",
      "",
      "docs/contract.md describes the file."
    })
final class CheckCommand extends Main.Diagnosed {
  private final Console console;
  private final Machine machine;

  @Parameters(
      index = "0",
      paramLabel = "CONTRACT",
      description = "The contract, such as latencyscope.yml.")
  private Path contract;

  @Parameters(
      index = "1..*",
      paramLabel = "FILE",
      arity = "0..*",
      description = "The recording; several files are read as one. Without it, --pid.")
  private List<Path> files = List.of();

  @Option(
      names = {"-p", "--pid"},
      paramLabel = "PID",
      description = "The process to capture and check, JVM or not.")
  private Long pid;

  @Option(
      names = {"-d", "--duration"},
      paramLabel = "TIME",
      converter = Durations.class,
      description = "How long to capture (default: the contract's duration, or 10 s).")
  private Duration duration;

  @Option(
      names = "--attach",
      description = "Load the agent into the target JVM, instead of watching it from outside.")
  private boolean attach;

  @Option(names = "--strict", description = "What is inconclusive counts as violated.")
  private boolean strict;

  @Option(
      names = "--shared",
      description =
          "Others use this host, as a CI runner: what they cause is inconclusive, as with"
              + " environment: shared in the contract.")
  private boolean shared;

  @Option(names = "--json", description = "Write JSON instead of text.")
  private boolean json;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Write the result to FILE, whole or not at all, readable by you only.")
  private Path output;

  @Option(
      names = "--junit-xml",
      paramLabel = "FILE",
      description = "Also write JUnit XML: a test for each clause; inconclusive ones are skipped.")
  private Path junitXml;

  @Option(
      names = "--markdown",
      paramLabel = "FILE",
      description = "Also write a table in Markdown, such as for a job summary.")
  private Path markdown;

  @Option(
      names = "--github",
      description = "Also print annotations of the contract's lines, as GitHub reads them.")
  private boolean github;

  @Option(
      names = "--ledger",
      description = "Also print where the time of the worst violation went.")
  private boolean ledger;

  CheckCommand(Console console, Machine machine) {
    this.console = console;
    this.machine = machine;
  }

  @Override
  public Integer call() throws UserError {
    Contract read = contract();
    for (Path file : outputs()) {
      new OutputFile(file).check();
    }
    if (files.isEmpty() == (pid == null)) {
      throw new UserError("check needs either --pid PID or a recording FILE");
    }
    ContractRun run = new ContractRun(read, console, machine);
    if (pid == null) {
      return write(run.check(files).result(), files);
    }
    if (!attach) {
      CaptureSession.requireAgent();
    }
    try (PrivateDirectory directory = PrivateDirectory.create()) {
      ContractRun.Checked checked =
          run.capture(
              Scope.target(pid, machine),
              duration == null ? read.duration() : duration,
              attach,
              directory.path());
      int code = write(checked.result(), checked.files());
      if (checked.targetGone()) {
        throw new UserError("process " + pid + " ended before the capture did");
      }
      return code;
    }
  }

  private List<Path> outputs() {
    return Stream.of(output, junitXml, markdown).filter(file -> file != null).toList();
  }

  private Contract contract() throws UserError {
    try {
      Contract read = ContractFile.read(contract);
      return shared ? read.in(Environment.SHARED) : read;
    } catch (ContractException e) {
      throw new UserError(e.getMessage(), e);
    }
  }

  private int write(CheckResult result, List<Path> recording) throws UserError {
    new ResultOutput(console, output, json)
        .write(style -> json ? CheckJson.of(result, strict) : CheckText.of(result, style));
    if (junitXml != null) {
      file(junitXml, JunitXml.of(result, strict));
    }
    if (markdown != null) {
      file(markdown, GitHub.markdown(result));
    }
    if (ledger && !json) {
      console.result(ledger(result, recording).getBytes(console.charset()));
    }
    if (github) {
      Charset charset = console.charset();
      console.result(GitHub.annotations(result, strict).getBytes(charset));
    }
    return result.exitCode(strict);
  }

  /** Where the time went of what the first violated clause is about; "" if none is about time. */
  private String ledger(CheckResult result, List<Path> recording) throws UserError {
    Optional<ClauseResult.Window> worst =
        result.clauses().stream()
            .filter(clause -> clause.outcome() == Outcome.VIOLATED && clause.worst() != null)
            .map(ClauseResult::worst)
            .findFirst();
    if (worst.isEmpty()) {
      return "";
    }
    Query query = new Query(null, worst.get().thread(), worst.get().from(), worst.get().to(), 1);
    Explanation explanation = ExplainCommand.explain(new RecordingFiles(recording), query);
    return "\nWhere the time of the worst violation went:\n"
        + ExplanationText.of(explanation, console.style());
  }

  private static void file(Path file, String text) throws UserError {
    new OutputFile(file).write(text.getBytes(StandardCharsets.UTF_8));
  }
}
