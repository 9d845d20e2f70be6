package latencyscope.fleet.command;

import java.io.IOException;
import java.nio.file.Path;
import latencyscope.cli.Main;
import latencyscope.cli.console.Console;
import latencyscope.cli.console.UserError;
import latencyscope.fleet.mcp.ToolServer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Answers an assistant. */
@Command(
    name = "mcp",
    description = {
      "Answer an assistant over standard input and output (Model Context Protocol).",
      "",
      "It can list recordings, report on one, explain and compare, and query tables: in one folder,"
          + " read-only. Nothing listens."
    },
    exitCodeList = {"0:the client has gone", "3:the folder cannot be read"},
    footer = {
      "",
      "Example of a client's configuration:",
      "  {\"mcpServers\": {\"latencyscope\": {\"command\": \"latencyscope\", \"args\": [\"mcp\","
          + " \"/archive\"]}}}",
      "",
      "docs/mcp.md has a session."
    })
final class McpCommand extends Main.Diagnosed {
  private final Console console;

  @Parameters(
      index = "0",
      paramLabel = "DIR",
      description = "Folder with recordings or tables; nothing else can be read.")
  private Path folder;

  McpCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws UserError {
    try {
      ToolServer server = new ToolServer(folder);
      // The messages alone may be there.
      System.setOut(System.err);
      server.serve(System.in, console.out());
      return 0;
    } catch (IOException e) {
      throw new UserError(folder + " cannot be read; give a folder with recordings", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UserError("interrupted", e);
    }
  }
}
