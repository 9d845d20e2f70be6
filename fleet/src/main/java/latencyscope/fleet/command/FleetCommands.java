package latencyscope.fleet.command;

import java.util.List;
import latencyscope.cli.CommandProvider;
import latencyscope.cli.console.Console;

/** What this jar adds to the command line. */
public final class FleetCommands implements CommandProvider {
  // Of libraries that log, it would say on standard error that nobody does.
  private static final String SLF4J_VERBOSITY = "slf4j.internal.verbosity";

  @Override
  public List<Object> commands(Console console) {
    if (System.getProperty(SLF4J_VERBOSITY) == null) {
      System.setProperty(SLF4J_VERBOSITY, "ERROR");
    }
    return List.of(
        new ExportCommand(console),
        new QueryCommand(console),
        new FleetCommand(console),
        new McpCommand(console),
        new MetricsCommand(console));
  }
}
