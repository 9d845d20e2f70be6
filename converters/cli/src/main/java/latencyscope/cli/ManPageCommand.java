package latencyscope.cli;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import latencyscope.cli.console.Console;
import latencyscope.cli.console.UserError;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Writes the manual page. For packages: users have {@code --help}. */
@Command(
    name = ManPageCommand.NAME,
    hidden = true,
    description = "Write the manual page.",
    exitCodeList = {"0:written", "3:could not be written"},
    footer = {
      "",
      "Examples:",
      "  latencyscope generate-man-page > latencyscope.1; man -l latencyscope.1"
    })
final class ManPageCommand extends Main.Common implements Callable<Integer> {
  /** As users of picocli know it. */
  static final String NAME = "generate-man-page";

  private final Console console;

  @Spec private CommandSpec spec;

  ManPageCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws UserError {
    console.result(ManPage.of(spec.root()).getBytes(StandardCharsets.UTF_8));
    return 0;
  }
}
