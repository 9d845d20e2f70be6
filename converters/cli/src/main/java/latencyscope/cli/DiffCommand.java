package latencyscope.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import latencyscope.analysis.Limit;
import latencyscope.analysis.Report;
import latencyscope.analysis.UnknownKeyException;
import latencyscope.cli.console.Console;
import latencyscope.cli.console.UserError;
import latencyscope.cli.output.OutputOptions;
import latencyscope.cli.output.ResultOutput;
import latencyscope.diff.Comparer;
import latencyscope.diff.Comparison;
import latencyscope.diff.GrowthLimit;
import latencyscope.diff.ReportFile;
import latencyscope.jfr.Schema;
import latencyscope.recording.chunk.RecordingException;
import latencyscope.report.DiffText;
import latencyscope.report.JsonReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what got worse from one capture to another. */
@Command(
    name = "diff",
    description = {
      "Show what got worse from BEFORE to AFTER, and how sure that is.",
      "",
      "Each is a recording (.jfr) or a report that --json wrote, in any mix. Percentiles are compared"
          + " by all occurrences, not by the percentiles alone; the confidence is the chance"
          + " that two captures of the same system would differ as much."
    },
    exitCodeList = {
      "0:nothing got worse beyond chance",
      "1:something got worse",
      "2:a --limit is exceeded",
      "3:could not run: usage, unreadable file"
    },
    footer = {
      "",
      "Examples:",
      "  latencyscope diff monday.jfr tuesday.jfr",
      "  latencyscope diff good.json new.json --limit isolation.p99_runqueue_ns=+10%%",
      "",
      "First keep the report of a good run: latencyscope -p PID -o good.json"
    })
final class DiffCommand extends Main.Diagnosed {
  private final Console console;

  @Parameters(
      index = "0",
      paramLabel = "BEFORE",
      description = "The recording or report to" + " compare with.")
  private Path before;

  @Parameters(index = "1", paramLabel = "AFTER", description = "The recording or report to judge.")
  private Path after;

  @Option(
      names = "--limit",
      paramLabel = "KEY=VALUE",
      description =
          "A numeric key of the JSON report that may not exceed VALUE in AFTER, or, as in"
              + " KEY=+10%%, its value in BEFORE by more than that. Repeatable.")
  private List<String> limits = List.of();

  @Option(names = "--json", description = "Write JSON instead of text.")
  private boolean json;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Write the result to FILE, whole or not at all, readable by you only.")
  private Path output;

  DiffCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws UserError {
    List<GrowthLimit> parsed = parsedLimits();
    ResultOutput result = new ResultOutput(console, output, json);
    result.check();
    Comparison comparison = Comparer.compare(read(before), read(after), parsed);
    result.write(style -> json ? JsonReport.of(comparison) : DiffText.of(comparison, style));
    return comparison.exitCode();
  }

  private List<GrowthLimit> parsedLimits() throws UserError {
    List<GrowthLimit> parsed = new ArrayList<>();
    try {
      for (String limit : limits) {
        parsed.add(GrowthLimit.parse(limit));
      }
      List<Limit> plain = parsed.stream().map(GrowthLimit::limit).toList();
      Report.checkKeys(plain, Schema.modules());
      return parsed;
    } catch (IllegalArgumentException | UnknownKeyException e) {
      throw new UserError("--limit: " + e.getMessage(), e);
    }
  }

  private ReportFile read(Path file) throws UserError {
    if (Files.isRegularFile(file) && !isJson(file)) {
      return new ReportFile(file, report(file));
    }
    try (InputStream in = Files.newInputStream(file)) {
      JsonNode tree = new ObjectMapper().readTree(in);
      if (!tree.path("schema_version").isInt() || !tree.path("duration_seconds").isNumber()) {
        throw new UserError(file + " is JSON, but no report that latencyscope --json wrote");
      }
      return new ReportFile(file, tree);
    } catch (NoSuchFileException e) {
      throw new UserError(file + " does not exist", e);
    } catch (JsonProcessingException e) {
      throw new UserError(
          file
              + " is not a complete report of latencyscope --json: the JSON ends or breaks off"
              + " at line "
              + line(e),
          e);
    } catch (IOException e) {
      throw new UserError(
          file + (Files.isDirectory(file) ? " is a directory" : " cannot be read"), e);
    }
  }

  private static int line(JsonProcessingException e) {
    return e.getLocation() == null ? 1 : e.getLocation().getLineNr();
  }

  /** Whether a file begins as a report does; what can be read only once is taken for one. */
  private static boolean isJson(Path file) throws UserError {
    try (InputStream in = Files.newInputStream(file)) {
      return in.read() == '{';
    } catch (AccessDeniedException e) {
      return false; // reported by the code that reads it
    } catch (IOException e) {
      throw new UserError(file + " cannot be read", e);
    }
  }

  private JsonNode report(Path recording) throws UserError {
    try {
      OutputOptions options = new OutputOptions();
      return new ObjectMapper().readTree(JsonReport.of(options.read(List.of(recording), console)));
    } catch (UserError e) {
      throw e.getCause() instanceof RecordingException cause
              && cause.problem() == RecordingException.Problem.NOT_A_RECORDING
          ? new UserError(e.getMessage() + " Nor is it a report that latencyscope --json wrote.", e)
          : e;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
