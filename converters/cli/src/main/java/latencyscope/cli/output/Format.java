package latencyscope.cli.output;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import latencyscope.alpha.CollapsedStacks;
import latencyscope.alpha.CostNode;
import latencyscope.alpha.CostRate;
import latencyscope.alpha.CostReport;
import latencyscope.analysis.flame.FlameCollector;
import latencyscope.analysis.flame.FlameKind;
import latencyscope.chrome.ChromeOutput;
import latencyscope.cli.console.UserError;
import latencyscope.hlog.HistogramLog;
import latencyscope.html.FlameGraph;
import latencyscope.html.HtmlReport;
import latencyscope.perfetto.PerfettoOutput;
import latencyscope.recording.chunk.RecordingException;
import latencyscope.report.JsonReport;
import latencyscope.trace.MergedTrace;

/** An output format, with the ending that a file of it has. */
public enum Format {
  /** For people. */
  TEXT("report.txt", (c, out) -> out.write(c.text().getBytes(c.charset()))),
  /** For tools that read traces, but not Perfetto's own. */
  CHROME("chrome.trace.json", (c, out) -> MergedTrace.write(c.traced(), new ChromeOutput(out))),
  /** For programs. */
  JSON("report.json", (c, out) -> out.write(JsonReport.of(c.report()).getBytes(UTF_8))),
  /** For ui.perfetto.dev. */
  PERFETTO(
      "trace.pftrace",
      (c, out) -> MergedTrace.write(c.traced(), new PerfettoOutput(c.recordings(), out))),
  /** For a colleague with a browser. */
  HTML("report.html", (c, out) -> HtmlReport.write(c.report(), c.files(), c.style().zone(), out)),
  /** For the tools of HdrHistogram. */
  HLOG("report.hlog", (c, out) -> HistogramLog.write(c.report(), c.files(), out)),
  /** In which lines threads were blocked, as a picture. */
  OFFCPU("offcpu.svg", (c, out) -> flameGraph(FlameKind.OFF_CPU, c, out)),
  /** In which lines threads were blocked, for other tools that draw flame graphs. */
  OFFCPU_COLLAPSED("offcpu.folded", (c, out) -> collapsed(FlameKind.OFF_CPU, c, out)),
  /** In which lines threads took page faults, as a picture. */
  FAULTS("faults.svg", (c, out) -> flameGraph(FlameKind.FAULTS, c, out)),
  /** In which lines threads took page faults, for other tools that draw flame graphs. */
  FAULTS_COLLAPSED("faults.folded", (c, out) -> collapsed(FlameKind.FAULTS, c, out)),
  /** What latency cost, as a picture. */
  FLAMEGRAPH("alpha.svg", (c, out) -> out.write(FlameGraph.svg(c.costs()).getBytes(UTF_8))),
  /** What latency cost, for other tools that draw flame graphs. */
  COLLAPSED("alpha.folded", (c, out) -> out.write(CollapsedStacks.of(c.costs()).getBytes(UTF_8))),
  /** The recording itself. */
  JFR("recording.jfr", Format::copy);

  private final String file;
  private final Writer writer;

  /** Writes a report. */
  private interface Writer {
    void write(Content content, OutputStream out) throws IOException, RecordingException;
  }

  /**
   * @param file name of a file of this format, where nobody gives one
   * @param writer writes it
   */
  Format(String file, Writer writer) {
    this.file = file;
    this.writer = writer;
  }

  private static void flameGraph(FlameKind kind, Content content, OutputStream out)
      throws IOException, RecordingException {
    out.write(FlameGraph.svg(kind, lines(kind, content), rate(content)).getBytes(UTF_8));
  }

  private static void collapsed(FlameKind kind, Content content, OutputStream out)
      throws IOException, RecordingException {
    out.write(CollapsedStacks.of(lines(kind, content), rate(content)).getBytes(UTF_8));
  }

  private static CostNode lines(FlameKind kind, Content content) throws RecordingException {
    FlameCollector collector = new FlameCollector(kind);
    return collector.root(content.files().read(collector));
  }

  private static CostRate rate(Content content) {
    return content.report().costs().map(CostReport::rate).orElse(null);
  }

  // A recording is a sequence of chunks: files one behind the other are one.
  private static void copy(Content content, OutputStream out) throws IOException {
    for (Path recording : content.files().files()) {
      Files.copy(recording, out);
    }
  }

  /** The format of a name. */
  static Format named(String name) throws UserError {
    for (Format format : values()) {
      if (format.lower().equals(name.toLowerCase(Locale.ROOT).replace('_', '-'))) {
        return format;
      }
    }
    throw new UserError(
        "--format: this version does not write '" + name + "', only " + all(Format::lower));
  }

  /** The format that a file's ending asks for; text for a file without an ending. */
  static Format ofFile(String file) throws UserError {
    for (Format format : values()) {
      if (file.endsWith(format.ending())) {
        return format;
      }
    }
    int dot = file.lastIndexOf('.');
    if (dot <= file.lastIndexOf('/') + 1) {
      return TEXT;
    }
    throw new UserError(
        "--output: no format is known for a file that ends in '"
            + file.substring(dot)
            + "', only "
            + all(Format::ending)
            + "; or use --format");
  }

  /**
   * Writes a report in this format.
   *
   * @throws UserError if the recording cannot be read again
   */
  void write(Content content, OutputStream out) throws IOException, UserError {
    try {
      writer.write(content, out);
    } catch (RecordingException e) {
      throw new UserError(e.getMessage(), e);
    }
  }

  /** Whether it can show several recordings, each with its own rows. */
  boolean isTrace() {
    return this == PERFETTO || this == CHROME;
  }

  /** Whether it is nothing that a terminal could show. */
  boolean isBinary() {
    return this == JFR || this == PERFETTO;
  }

  /** Whether it shows nothing but what latency cost. */
  boolean needsCosts() {
    return this == FLAMEGRAPH || this == COLLAPSED;
  }

  /** What a demonstration leaves beside the recording. */
  public static List<Format> ofDemo() {
    return List.of(JSON, PERFETTO, HTML);
  }

  /** Name of a file of this format, where nobody gives one. */
  public String file() {
    return file;
  }

  // Of what shows the program's lines there are several: the whole name says which.
  private String ending() {
    return needsCode() ? file : file.substring(file.indexOf('.'));
  }

  private boolean needsCode() {
    return switch (this) {
      case OFFCPU, OFFCPU_COLLAPSED, FAULTS, FAULTS_COLLAPSED -> true;
      default -> false;
    };
  }

  private static String all(Function<Format, String> what) {
    return Arrays.stream(values()).map(what).collect(Collectors.joining(", "));
  }

  /** As {@code --format} takes it. */
  String lower() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
