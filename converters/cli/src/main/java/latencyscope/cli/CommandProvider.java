package latencyscope.cli;

import java.util.List;
import latencyscope.cli.console.Console;

/** Adds commands from another jar, which names its implementation as a service. */
public interface CommandProvider {
  /** The commands, annotated for picocli, each under one of the names in {@link FleetJar}. */
  List<Object> commands(Console console);
}
