package latencyscope.fleet.command;

import java.util.List;
import latencyscope.cli.CommandProvider;
import latencyscope.cli.console.Console;

/** What this jar adds to the command line. */
public final class FleetCommands implements CommandProvider {
  @Override
  public List<Object> commands(Console console) {
    return List.of(
        new ExportCommand(console),
        new QueryCommand(console),
        new FleetCommand(console),
        new McpCommand(console),
        new MetricsCommand(console));
  }
}
