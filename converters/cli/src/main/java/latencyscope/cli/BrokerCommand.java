package latencyscope.cli;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import latencyscope.cli.console.Console;
import latencyscope.cli.console.UserError;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Serves engines that have no privileges. */
@Command(
    name = "broker",
    description = {
      "Load BPF programs for engines that may not, or that run on a JVM older than Java 25.",
      "",
      "Runs until it is ended. Keeps CAP_BPF, CAP_PERFMON and CAP_SYS_PTRACE of root's privileges."
          + " A client sees what happened to processes of its user alone."
    },
    exitCodeList = {"3:could not run: usage, privileges, the socket is in use"},
    footer = {
      "",
      "Examples:",
      "  sudo latencyscope broker",
      "  sudo latencyscope broker --allow-group trading",
      "  sudo latencyscope broker --config /etc/latencyscope/desk.yml"
    })
final class BrokerCommand extends Main.Common implements Callable<Integer> {
  /** In the part of the jar that knows the kernel, which is compiled for a newer Java. */
  private static final String BROKER = "latencyscope.agent.broker.Broker";

  private final Console console;

  @Option(
      names = "--socket",
      paramLabel = "PATH",
      defaultValue = "${env:LATENCYSCOPE_BROKER:-/run/latencyscope/broker.sock}",
      description =
          "Listen there (default: $LATENCYSCOPE_BROKER or /run/latencyscope/broker.sock).")
  private String socket;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "File that says who is served, where no --allow option does (default:"
              + " /etc/latencyscope/broker.yml, if it exists).")
  private Path config;

  @Option(
      names = "--allow-user",
      paramLabel = "NAME",
      description = {
        "Serve only this user, by name or number, and those of other --allow options. May be given"
            + " several times (default: everybody, each for the user's own processes)."
      })
  private List<String> users = List.of();

  @Option(
      names = "--allow-group",
      paramLabel = "NAME",
      description = "Serve only members of this group, and those of other --allow options.")
  private List<String> groups = List.of();

  BrokerCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws UserError {
    // Options replace the file as a whole: a mixture would serve more than either one says.
    BrokerFile file =
        users.isEmpty() && groups.isEmpty() ? BrokerFile.read(config) : BrokerFile.NONE;
    try {
      return (Integer)
          Class.forName(BROKER)
              .getMethod(
                  "run",
                  PrintWriter.class,
                  PrintWriter.class,
                  String.class,
                  List.class,
                  List.class,
                  Map.class)
              .invoke(
                  null,
                  new PrintWriter(console.out(), true, console.charset()),
                  new PrintWriter(console.err(), true, console.charset()),
                  socket,
                  users.isEmpty() ? file.users() : users,
                  groups.isEmpty() ? file.groups() : groups,
                  file.lines());
    } catch (UnsupportedClassVersionError e) {
      throw new UserError(
          "the broker requires Java 25 or newer, and this is Java " + Runtime.version(), e);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new UserError("this jar has no broker; take the released latencyscope.jar", e);
    }
  }
}
