package latencyscope.fleet.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import latencyscope.cli.Main;
import latencyscope.cli.console.Console;
import latencyscope.cli.console.UserError;
import latencyscope.cli.output.OutputFile;
import latencyscope.fleet.compare.FleetReader;
import latencyscope.fleet.compare.FleetReport;
import latencyscope.fleet.page.FleetPage;
import latencyscope.fleet.page.FleetText;
import latencyscope.fleet.query.Answers;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows which hosts got worse, and why. */
@Command(
    name = "fleet",
    description = {
      "Show which hosts got worse, since when, and what they have in common.",
      "",
      "Each host is compared with its own past, day by day, in tables that export wrote."
    },
    exitCodeList = {
      "0:nothing got worse beyond chance",
      "1:something got worse",
      "3:no tables, or the page could not be written"
    },
    footer = {
      "",
      "Examples:",
      "  latencyscope fleet /fleet",
      "  latencyscope fleet /fleet -o fleet.html      with a heat map, and every host"
    })
final class FleetCommand extends Main.Diagnosed {
  private final Console console;

  @Parameters(index = "0", paramLabel = "DIR", description = "Folder of the tables.")
  private Path folder;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Also write the page to FILE, whole or not at all, readable by you only.")
  private Path output;

  FleetCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws UserError {
    if (output != null) {
      new OutputFile(output).check();
    }
    FleetReport report = report();
    if (output != null) {
      new OutputFile(output).write(FleetPage.of(report).getBytes(StandardCharsets.UTF_8));
    }
    String text = FleetText.of(report, console.style().width());
    console.result(text.getBytes(console.charset()));
    return report.regressions().isEmpty() ? 0 : 1;
  }

  private FleetReport report() throws UserError {
    try (Answers answers = new Answers(folder)) {
      return FleetReport.of(FleetReader.read(answers.database()));
    } catch (IOException | SQLException e) {
      throw new UserError(e.getMessage(), e);
    }
  }
}
