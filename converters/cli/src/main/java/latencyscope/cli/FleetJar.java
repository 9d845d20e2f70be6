package latencyscope.cli;

import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import latencyscope.cli.console.Console;
import latencyscope.cli.console.ReleasedJar;
import latencyscope.cli.console.UserError;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Unmatched;

/**
 * The commands of latencyscope-fleet.jar, which holds a database. It lies beside latencyscope.jar
 * and is opened only when one of them is asked for: no engine has it on its class path.
 */
final class FleetJar {
  private static final String NAME = "latencyscope-fleet.jar";

  /** Where it is, if that is not beside latencyscope.jar. */
  private static final String PROPERTY = "latencyscope.fleet";

  private static final Map<String, String> COMMANDS = new LinkedHashMap<>();

  static {
    COMMANDS.put("export", "Write recordings as Parquet tables, by day and host.");
    COMMANDS.put("query", "Answer a query in SQL on these tables.");
    COMMANDS.put("fleet", "Show which hosts got worse, since when, and what they share.");
    COMMANDS.put("mcp", "Answer an assistant on recordings and tables of one folder.");
    COMMANDS.put("metrics", "Push counts and distributions to OpenTelemetry's protocol.");
  }

  private FleetJar() {}

  /** Whether a command is one of them. */
  static boolean has(String command) {
    return COMMANDS.containsKey(command);
  }

  /** Adds the commands as far as they are known without the jar: their names. */
  static void addNames(CommandLine line) {
    COMMANDS.forEach((name, description) -> {
      CommandSpec spec = CommandSpec.forAnnotatedObject(new Absent(name));
      spec.name(name).usageMessage().description(description);
      line.addSubcommand(name, spec);
    });
  }

  /** Puts the commands themselves in their place, if the jar is there. */
  static void addCommands(CommandLine line, Console console) {
    provider()
        .ifPresent(provider -> {
          List<Object> commands = provider.commands(console);
          for (Object command : commands) {
            CommandSpec spec = CommandSpec.forAnnotatedObject(command);
            line.getCommandSpec().removeSubcommand(spec.name());
            line.addSubcommand(spec.name(), spec);
          }
        });
  }

  private static Optional<CommandProvider> provider() {
    ClassLoader own = FleetJar.class.getClassLoader();
    Optional<CommandProvider> here = ServiceLoader.load(CommandProvider.class, own).findFirst();
    return here.isPresent() ? here : jar().flatMap(jar -> provider(jar, own));
  }

  // Not closed: its classes are needed until the process ends.
  private static Optional<CommandProvider> provider(Path jar, ClassLoader parent) {
    try {
      URL url = jar.toUri().toURL();
      return ServiceLoader.load(CommandProvider.class, new URLClassLoader(new URL[] {url}, parent))
          .findFirst();
    } catch (MalformedURLException e) {
      throw new IllegalStateException("a path is always a URL", e);
    }
  }

  private static Optional<Path> jar() {
    String named = System.getProperty(PROPERTY);
    try {
      Path jar =
          named == null ? ReleasedJar.path("this command").resolveSibling(NAME) : Path.of(named);
      return Optional.of(jar).filter(Files::isRegularFile);
    } catch (UserError e) {
      return Optional.empty();
    }
  }

  /** Stands for a command that is not there. */
  @Command
  static final class Absent extends Main.Common implements Callable<Integer> {
    private final String name;

    @Unmatched private List<String> arguments;

    Absent(String name) {
      this.name = name;
    }

    @Override
    public Integer call() throws UserError {
      throw new UserError(
          name + " needs " + NAME + ", which is not beside latencyscope.jar; put it there");
    }
  }
}
