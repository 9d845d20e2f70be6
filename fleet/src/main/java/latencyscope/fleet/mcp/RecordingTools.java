package latencyscope.fleet.mcp;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import latencyscope.cli.Main;
import latencyscope.cli.console.Console;
import latencyscope.cli.console.Machine;

/** Answers with what the commands print: an assistant reads the sentences that people read. */
final class RecordingTools {
  private static final int COULD_NOT_RUN = 3;
  private static final int MOST_EXPLAINED = 50;

  private static final Parameter RECORDING =
      Parameter.required("recording", "Path of the recording, relative to the folder");
  private static final Parameter THREAD =
      Parameter.text("thread", "Only threads with such a name, with * and ?");

  private final ReadableFolder folder;

  RecordingTools(ReadableFolder folder) {
    this.folder = folder;
  }

  List<Tool> all() {
    return List.of(
        new Tool(
            "recordings",
            "Lists the recordings with their sizes, and the folders that hold tables.",
            List.of(Parameter.text("folder", "Look only here, relative to the folder")),
            arguments -> folder.list(arguments.text("folder").orElse("."))),
        new Tool(
            "report",
            "Reports on a recording: the verdict, what the threads lost of their time and to what,"
                + " the costliest causes with the command against each.",
            List.of(
                RECORDING,
                Parameter.flag("details", "Every panel, and not only the first screen"),
                Parameter.flag("json", "As JSON with exact numbers; long")),
            this::report),
        new Tool(
            "explain",
            "Shows where the time of a recording's slowest operations went, part by part: on CPU,"
                + " waiting for one and behind whom, interrupts, page faults, locks. Give event,"
                + " or from and to, or thread.",
            List.of(
                RECORDING,
                Parameter.text("event", "Event type, such as GCPhasePause or demo.TickToTrade"),
                THREAD,
                Parameter.text("from", "Only from this time on, such as 14:32:07.847"),
                Parameter.text("to", "Only up to this time"),
                Parameter.text("where", "Only events with such a field, as FIELD=GLOB"),
                Parameter.number("top", "How many of the slowest; 3 if it is left out")),
            this::explain),
        new Tool(
            "diff",
            "Shows what got worse from one recording to another, and how sure that is.",
            List.of(
                Parameter.required("before", "Path of the recording to compare with"),
                Parameter.required("after", "Path of the recording to judge")),
            arguments ->
                run(
                    List.of(
                        "diff",
                        path(arguments, "before").toString(),
                        path(arguments, "after").toString()))));
  }

  private Path path(Arguments arguments, String name) throws ToolException {
    return folder.file(arguments.required(name));
  }

  private String report(Arguments arguments) throws ToolException {
    List<String> command = new ArrayList<>();
    command.add("report");
    command.add(path(arguments, "recording").toString());
    if (arguments.flag("json")) {
      command.add("--json");
    } else if (arguments.flag("details")) {
      command.add("--details");
    }
    return run(command);
  }

  private String explain(Arguments arguments) throws ToolException {
    List<String> command = new ArrayList<>();
    command.add("explain");
    command.add(path(arguments, "recording").toString());
    for (String option : List.of("event", "thread", "from", "to", "where")) {
      arguments.text(option).ifPresent(value -> command.add("--" + option + "=" + value));
    }
    command.add("--top=" + arguments.number("top", 3, MOST_EXPLAINED));
    return run(command);
  }

  /** Runs a command as a user would; every argument but the first is a path or an option=value. */
  private static String run(List<String> command) throws ToolException {
    BoundedText out = new BoundedText();
    BoundedText err = new BoundedText();
    int code = Main.run(console(out, err), Machine.LOCAL, command.toArray(String[]::new));
    if (code == COULD_NOT_RUN) {
      throw new ToolException(err.text().strip());
    }
    return out.text();
  }

  private static Console console(OutputStream out, OutputStream err) {
    return new Console(
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8),
        StandardCharsets.UTF_8,
        false,
        false,
        Map.of("COLUMNS", "120"),
        ZoneId.systemDefault());
  }
}
