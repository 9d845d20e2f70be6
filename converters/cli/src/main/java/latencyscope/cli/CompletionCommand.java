package latencyscope.cli;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import latencyscope.cli.console.Console;
import latencyscope.cli.console.UserError;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes the script by which a shell completes commands, options and their values. */
@Command(
    name = CompletionCommand.NAME,
    description = "Write a script for bash or zsh that completes commands, options and values.",
    exitCodeList = {"0:written", "3:could not be written"},
    footer = {
      "",
      "Examples:",
      "  source <(latencyscope completion)                               this shell",
      "  latencyscope completion > /etc/bash_completion.d/latencyscope   every bash"
    })
final class CompletionCommand extends Main.Common implements Callable<Integer> {
  static final String NAME = "completion";

  /** The name that picocli's users know. */
  static final String PICOCLIS_NAME = "generate-completion";

  /** A shell that is known. */
  private enum Shell {
    BASH,
    ZSH
  }

  private final Console console;

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "SHELL",
      defaultValue = "bash",
      description = "bash or zsh; one script serves both (default: bash).")
  private Shell shell;

  CompletionCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws UserError {
    CommandLine root = spec.root().commandLine();
    String script = AutoComplete.bash(root.getCommandName(), root) + "\n";
    console.result(script.getBytes(StandardCharsets.UTF_8));
    return 0;
  }
}
