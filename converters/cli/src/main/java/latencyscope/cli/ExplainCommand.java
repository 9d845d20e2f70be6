package latencyscope.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import latencyscope.cli.console.Console;
import latencyscope.cli.console.UserError;
import latencyscope.cli.output.ResultOutput;
import latencyscope.ledger.explain.Explainer;
import latencyscope.ledger.explain.Explanation;
import latencyscope.ledger.explain.PathFinder;
import latencyscope.ledger.explain.Query;
import latencyscope.ledger.explain.UnknownEventException;
import latencyscope.recording.EventSource;
import latencyscope.recording.Recording;
import latencyscope.recording.RecordingFiles;
import latencyscope.recording.RecordingGroups;
import latencyscope.recording.chunk.RecordingException;
import latencyscope.report.ExplanationText;
import latencyscope.report.JsonReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows where the time of an event type's slowest went. */
@Command(
    name = "explain",
    description = {
      "Show where the time of a recording's slowest events went: on CPU, waiting for a CPU and"
          + " behind which task, stolen by interrupts, in page faults, blocked and woken by"
          + " which task.",
      "",
      "Without --event, the time between --from and --to of each thread is explained; with --thread"
          + " alone, all of the capture."
    },
    footer = {
      "",
      "Examples:",
      "  latencyscope explain run.jfr --event GCPhasePause --top 1",
      "  latencyscope explain run.jfr --event demo.TickToTrade --thread 'strategy*'",
      "  latencyscope explain client.jfr server.jfr --event demo.Request --top 1",
      "  latencyscope explain run.jfr --from 14:32:07.847 --to 14:32:07.851",
      "",
      "To list the events of the recording: jfr summary run.jfr"
    })
final class ExplainCommand extends Main.Diagnosed {
  private final Console console;

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description =
          "The recording; several files of one process are read as one. Recordings of other"
              + " processes on the same host show what these did while the first one waited for"
              + " them.")
  private List<Path> files;

  @Option(
      names = {"-e", "--event"},
      paramLabel = "NAME",
      description =
          "Event type, of the JVM or the application's own, such as jdk.GCPhasePause or"
              + " demo.TickToTrade; the simple name is enough.")
  private String event;

  @Option(
      names = "--top",
      paramLabel = "N",
      defaultValue = "3",
      description = "How many of the slowest to explain one by one (default: 3).")
  private int top;

  @Option(
      names = "--thread",
      paramLabel = "GLOB",
      description = "Only those of threads with such a name, with * and ?.")
  private String thread;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "Only what begins at or after TIME, such as 14:32:07.847123.")
  private String from;

  @Option(names = "--to", paramLabel = "TIME", description = "Only what ends at or before TIME.")
  private String to;

  @Option(
      names = "--where",
      paramLabel = "FIELD=GLOB",
      description =
          "Only events whose field has such a value, with * and ?; repeatable. Example: --event"
              + " profiler.Span --where 'tag=GET /orders*'.")
  private Map<String, String> where = Map.of();

  @Option(names = "--json", description = "Write JSON instead of text.")
  private boolean json;

  ExplainCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws UserError {
    if (event == null && from == null && to == null && thread == null) {
      throw new UserError(
          "explain: nothing to explain; use --event NAME, --from and --to, or --thread GLOB for"
              + " all of a thread's time");
    }
    if (top < 1) {
      throw new UserError("--top: " + top + " is too small; give 1 or more");
    }
    List<RecordingGroups.Group> groups = files.size() > 1 ? ReportCommand.groups(files) : List.of();
    Explanation explanation =
        groups.size() > 1 ? explain(groups) : explain(new RecordingFiles(files), query(files));
    new ResultOutput(console, null, json)
        .write(style -> json ? JsonReport.of(explanation) : ExplanationText.of(explanation, style));
    return 0;
  }

  private Explanation explain(List<RecordingGroups.Group> groups) throws UserError {
    List<Path> own = groups.get(0).files();
    Explanation explanation = explain(new RecordingFiles(own), query(own));
    List<PathFinder.Recorded> all = new ArrayList<>();
    for (RecordingGroups.Group group : groups) {
      all.add(
          new PathFinder.Recorded(
              group.name(), new RecordingFiles(group.files()), group.recording()));
    }
    try {
      return new PathFinder(all).follow(explanation);
    } catch (RecordingException e) {
      throw new UserError(e.getMessage(), e);
    }
  }

  private Query query(List<Path> files) throws UserError {
    long begin = Long.MIN_VALUE;
    long end = Long.MAX_VALUE;
    if (from != null || to != null) {
      long captured = begin(files);
      begin = from == null ? begin : Times.parse("--from", from, console.zone(), captured);
      end = to == null ? end : Times.parse("--to", to, console.zone(), captured);
      if (begin > end) {
        throw new UserError("--from: " + from + " is after --to " + to);
      }
    }
    return new Query(event, thread, begin, end, where, top);
  }

  private static long begin(List<Path> files) throws UserError {
    try {
      return Recording.read(files, event -> {}).capture().start();
    } catch (RecordingException e) {
      throw new UserError(e.getMessage(), e);
    }
  }

  static Explanation explain(EventSource source, Query query) throws UserError {
    try {
      return Explainer.explain(source, query);
    } catch (RecordingException | UnknownEventException e) {
      throw new UserError(e.getMessage(), e);
    }
  }
}
