package latencyscope.cli;

import java.nio.file.Path;
import java.util.List;
import latencyscope.analysis.Report;
import latencyscope.cli.console.Console;
import latencyscope.cli.console.ModuleNames;
import latencyscope.cli.console.UserError;
import latencyscope.cli.output.Format;
import latencyscope.cli.output.OutputOptions;
import latencyscope.recording.RecordingGroups;
import latencyscope.recording.chunk.RecordingException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Reports on recordings that exist, on any machine and without privileges. */
@Command(
    name = "report",
    description = "Report on a recording, anywhere, without privileges.",
    footer = {
      "",
      "Examples:",
      "  latencyscope report run.jfr",
      "  latencyscope report run.jfr -m network            its panels, too",
      "  latencyscope report run.jfr -o trace.pftrace      for ui.perfetto.dev",
      "  latencyscope report client.jfr server.jfr -o both.pftrace",
      "  latencyscope report run.jfr --json | jq .findings[0]",
      "",
      "First make a recording: latencyscope -p PID -o run.jfr, or in the JVM itself:",
      "  java -javaagent:latencyscope.jar=start=latencyscope,file=run.jfr ..."
    })
final class ReportCommand extends Main.Common implements Main.Verbose {
  private final Console console;

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description =
          "The recording; several files of one process are read as one. Recordings of several"
              + " processes or hosts become one trace (-o FILE.pftrace).")
  private List<Path> files;

  @Option(
      names = {"-m", "--module"},
      paramLabel = "MODULE",
      split = ",",
      completionCandidates = ModuleNames.class,
      description = "Print the panels of ${COMPLETION-CANDIDATES}; repeatable.")
  private List<String> modules = List.of();

  @Mixin private OutputOptions output = new OutputOptions();

  ReportCommand(Console console) {
    this.console = console;
  }

  @Override
  public boolean verbose() {
    return output.verbose();
  }

  @Override
  public Integer call() throws UserError {
    output.check();
    if (output.resolvedFormat() == Format.JFR) {
      throw new UserError(
          "--format: the input is a jfr file already; all other formats can be made");
    }
    output.checkTerminal(console);
    if (!modules.isEmpty()) {
      if (output.resolvedFormat() != Format.TEXT) {
        throw new UserError("--module: only text has panels; other formats show all modules");
      }
      output.showDetails(Scope.modules(modules));
    }
    if (files.size() > 1) {
      List<RecordingGroups.Group> groups = groups(files);
      if (groups.size() > 1) {
        return output.writeMerged(groups, console);
      }
    }
    Report report = output.read(files, console).ofFiles(files);
    output.write(report, files, console);
    return report.exitCode();
  }

  static List<RecordingGroups.Group> groups(List<Path> files) throws UserError {
    try {
      return RecordingGroups.of(files);
    } catch (RecordingException e) {
      throw new UserError(e.getMessage(), e);
    }
  }
}
