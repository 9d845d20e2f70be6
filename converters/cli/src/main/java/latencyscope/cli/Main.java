package latencyscope.cli;

import java.io.PrintWriter;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import latencyscope.cli.console.Console;
import latencyscope.cli.console.Machine;
import latencyscope.cli.console.UserError;
import latencyscope.report.Product;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;

/** Where the command line begins. */
public final class Main {
  /** Exit code of a program that could not do what it was asked to. */
  static final int COULD_NOT_RUN = 3;

  /** What is written of all commands is written of those in the other jar, too. */
  private static final Set<String> OF_ALL_COMMANDS =
      Set.of(CompletionCommand.NAME, CompletionCommand.PICOCLIS_NAME, ManPageCommand.NAME);

  // Held, since a logger that nobody holds forgets its level.
  private static final Logger PARSER = Logger.getLogger("org.openjdk.jmc");

  private Main() {}

  /** Runs the command line and ends the process with its exit code. */
  public static void main(String[] arguments) {
    System.exit(run(Console.ofProcess(), Machine.LOCAL, arguments));
  }

  /** Runs the command line and returns its exit code. */
  public static int run(Console console, Machine machine, String... arguments) {
    // The parser warns of every field of a newer JDK that it does not know.
    PARSER.setLevel(Level.SEVERE);
    CommandLine line = commandLine(console, machine);
    if (arguments.length > 0
        && (FleetJar.has(arguments[0]) || OF_ALL_COMMANDS.contains(arguments[0]))) {
      FleetJar.addCommands(line, console);
    }
    line.setOut(new PrintWriter(console.out(), true, console.charset()));
    line.setErr(new PrintWriter(console.err(), true, console.charset()));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setParameterExceptionHandler((e, args) -> misused(console, e));
    line.setExecutionExceptionHandler((e, command, parsed) -> failed(console, e, command));
    try {
      return line.execute(arguments);
    } catch (Error e) {
      // Not an exception to picocli, which would let it end the process with code 1: warnings.
      return failed(console, e, line);
    }
  }

  /** All commands with their options, not yet parsed. */
  static CommandLine commandLine(Console console, Machine machine) {
    CommandLine line = new CommandLine(new CaptureCommand(console, machine));
    line.addSubcommand(new DemoCommand(console, machine));
    line.addSubcommand(new MonitorCommand(console, machine));
    line.addSubcommand(new ReportCommand(console));
    line.addSubcommand(new ExplainCommand(console));
    line.addSubcommand(new DiffCommand(console));
    line.addSubcommand(new CheckCommand(console, machine));
    line.addSubcommand(new AuditCommand(console, machine));
    line.addSubcommand(new TuneCommand(console, machine));
    line.addSubcommand(new BrokerCommand(console));
    line.addSubcommand(new DoctorCommand(console, machine));
    line.addSubcommand(new ProfilesCommand(console));
    FleetJar.addNames(line);
    line.addSubcommand(new CompletionCommand(console));
    line.addSubcommand(CompletionCommand.PICOCLIS_NAME, new CompletionCommand(console));
    CommandLine known = line.getSubcommands().get(CompletionCommand.PICOCLIS_NAME);
    known.getCommandSpec().usageMessage().hidden(true);
    line.addSubcommand(new ManPageCommand(console));
    return line;
  }

  private static int misused(Console console, ParameterException e) {
    String message = e.getMessage().replaceAll("\\s*\\R\\s*", " ");
    String name = e.getCommandLine().getCommandSpec().qualifiedName();
    console.say(message + (message.endsWith(".") ? "" : ";") + " see " + name + " --help");
    return COULD_NOT_RUN;
  }

  private static int failed(Console console, Throwable e, CommandLine command) {
    boolean verbose = command.getCommand() instanceof Verbose v && v.verbose();
    if (e instanceof UserError) {
      console.say(e.getMessage());
    } else if (e instanceof OutOfMemoryError) {
      console.say("out of memory; give it more: java -Xmx2g -jar latencyscope.jar ...");
    } else {
      console.say("internal error; please report it with the output of -v: " + e);
    }
    if (verbose) {
      e.printStackTrace(console.err());
    }
    return COULD_NOT_RUN;
  }

  /** A command that can be asked to say more. */
  public interface Verbose extends Callable<Integer> {
    /** Whether errors are to be printed with their stack. */
    boolean verbose();
  }

  /** Provides the version. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {Product.NAME + " " + Product.version()};
    }
  }

  /** What all commands share. */
  @Command(
      versionProvider = Version.class,
      mixinStandardHelpOptions = false,
      sortOptions = false,
      usageHelpAutoWidth = true,
      exitCodeListHeading = "%nExit codes:%n",
      exitCodeList = {
        "0:all passed",
        "1:warnings",
        "2:violations",
        "3:could not run: usage, privileges, unreadable file, target gone",
        "130:Ctrl-C, twice"
      })
  public static class Common {
    @CommandLine.Option(names = "--help", usageHelp = true, description = "Show this and exit.")
    private boolean help;

    @CommandLine.Option(
        names = "--version",
        versionHelp = true,
        description = "Show the version and exit.")
    private boolean version;
  }

  /** A command whose last option has it say more of errors. */
  public abstract static class Diagnosed extends Common implements Verbose {
    // Behind the command's own options, whose order is the default of -1.
    @CommandLine.Option(
        names = {"-v", "--verbose"},
        order = 1,
        description = "Print more about errors to standard error.")
    private boolean verbose;

    @Override
    public boolean verbose() {
      return verbose;
    }
  }
}
