package latencyscope.cli;

import java.nio.file.Path;
import java.util.List;
import latencyscope.analysis.Report;
import latencyscope.cli.console.Console;
import latencyscope.cli.console.UserError;
import latencyscope.cli.output.Format;
import latencyscope.cli.output.OutputOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Reports on recordings that exist, on any machine and without privileges. */
@Command(
    name = "report",
    description = "Report on a recording, anywhere, without privileges.",
    footer = {
      "",
      "Examples:",
      "  latencyscope report run.jfr",
      "  latencyscope report run.jfr -o trace.pftrace      for ui.perfetto.dev",
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
      description = "The recording; several files are read as one.")
  private List<Path> files;

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
    Report report = output.read(files, console).ofFiles(files);
    output.write(report, files, console);
    return report.exitCode();
  }
}
