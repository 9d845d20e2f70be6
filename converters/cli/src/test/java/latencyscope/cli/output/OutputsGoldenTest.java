package latencyscope.cli.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import latencyscope.Golden;
import latencyscope.alpha.CollapsedStacks;
import latencyscope.alpha.CostRate;
import latencyscope.analysis.Report;
import latencyscope.analysis.cost.CostCollector;
import latencyscope.chrome.ChromeOutput;
import latencyscope.cli.Main;
import latencyscope.cli.console.Console;
import latencyscope.cli.console.Machine;
import latencyscope.hlog.HistogramLog;
import latencyscope.html.FlameGraph;
import latencyscope.html.HtmlReport;
import latencyscope.perfetto.PerfettoOutput;
import latencyscope.perfetto.PerfettoText;
import latencyscope.recording.EngineRecording;
import latencyscope.recording.Fixture;
import latencyscope.recording.chunk.RecordingException;
import latencyscope.recording.thread.ThreadId;
import latencyscope.trace.TraceWriter;
import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each output as it was when somebody looked at it. What a terminal shows is of a real recording,
 * with names of threads in Chinese and in pictures; what tools read, of one that can be followed by
 * hand.
 *
 * <p>{@link Golden} says how to change them.
 */
class OutputsGoldenTest {
  private static final ZoneId ZONE = ZoneId.of("UTC");
  private static final String[] EXPLAIN = {"--event", "demo.TickToTrade", "--top", "2"};

  @TempDir static Path directory;

  private static String engine;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private Fixture fixture;

  @BeforeAll
  static void write() throws IOException {
    engine = Files.write(directory.resolve("engine.jfr"), EngineRecording.bytes()).toString();
  }

  @BeforeEach
  void badDay() {
    ThreadId strategy = new ThreadId(4720, "strategy", 0);
    fixture =
        Fixture.badDay()
            .program("demo.TickToTrade", strategy, 5, 700, "instrument", "東京<&>\"1\"", "ok", true);
  }

  private String shown(Charset charset, boolean terminal, Map<String, String> env, String... args) {
    out.reset();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream said = new PrintStream(err, true, StandardCharsets.UTF_8);
    PrintStream result = new PrintStream(out, true, charset);
    Console console = new Console(result, said, charset, terminal, false, env, ZONE);
    assertTrue(Main.run(console, Machine.LOCAL, args) < 3);
    assertEquals("", err.toString(StandardCharsets.UTF_8));
    return out.toString(charset);
  }

  @ParameterizedTest
  @ValueSource(strings = {"80", "120"})
  void terminal(String columns) throws IOException {
    String[] report = {"report", engine, "--notional", "1e6"};
    Map<String, String> width = Map.of("COLUMNS", columns);
    Map<String, String> plain = Map.of("COLUMNS", columns, "NO_COLOR", "1");
    String shown = shown(StandardCharsets.UTF_8, true, plain, report);
    Golden.check("engine-" + columns + ".txt", shown);
    String coloured = shown(StandardCharsets.UTF_8, true, width, report);
    assertTrue(coloured.contains("\u001b[33m[WARN]\u001b[0m"), coloured);
    assertEquals(shown, coloured.replaceAll("\u001b\\[[0-9;]*m", ""));
    assertEquals(shown, shown(StandardCharsets.UTF_8, false, width, report));
  }

  @Test
  void pipeOfAReaderThatKnowsAsciiOnly() throws IOException {
    Map<String, String> none = Map.of();
    String shown = shown(StandardCharsets.US_ASCII, false, none, "report", engine);
    assertTrue(shown.chars().allMatch(c -> c == '\n' || c >= ' ' && c < 127), shown);
    Golden.check("engine-ascii.txt", shown);
  }

  @Test
  void explanation() throws IOException {
    Map<String, String> width = Map.of("COLUMNS", "80");
    List<String> explain = new ArrayList<>(List.of("explain", engine));
    explain.addAll(Arrays.asList(EXPLAIN));
    String[] text = explain.toArray(new String[0]);
    Golden.check("engine-explain.txt", shown(StandardCharsets.UTF_8, false, width, text));
    explain.add("--json");
    String[] json = explain.toArray(new String[0]);
    Golden.check("engine-explain.json", shown(StandardCharsets.UTF_8, false, width, json));
  }

  /** A recording against itself: everything is compared, and nothing is worse. */
  @Test
  void difference() throws IOException {
    Map<String, String> width = Map.of("COLUMNS", "80");
    Golden.check(
        "engine-diff.txt",
        shown(StandardCharsets.UTF_8, false, width, "diff", engine, engine)
            .replace(directory.toString(), "."));
  }

  private Report report() throws RecordingException {
    CostCollector costs = new CostCollector();
    fixture.source().read(costs);
    return fixture.report().withCosts(costs.report(new CostRate(1e6, 0.5), fixture.recording()));
  }

  private interface Writing {
    void to(OutputStream out) throws IOException, RecordingException;
  }

  private byte[] written(Writing writing) throws IOException, RecordingException {
    writing.to(out);
    return out.toByteArray();
  }

  private String text(Writing writing) throws IOException, RecordingException {
    return new String(written(writing), StandardCharsets.UTF_8);
  }

  @Test
  void perfetto() throws IOException, RecordingException {
    byte[] trace =
        written(to ->
            TraceWriter.write(
                report(), fixture.source(), new PerfettoOutput(fixture.recording(), to)));
    Golden.check("bad-day-perfetto.txt", PerfettoText.of(trace));
  }

  @Test
  void chrome() throws IOException, RecordingException {
    Golden.check(
        "bad-day-chrome.json",
        text(to -> TraceWriter.write(report(), fixture.source(), new ChromeOutput(to))));
  }

  /** Without what is the same on every page; a tag to a line. */
  @Test
  void page() throws IOException, RecordingException {
    String page = text(to -> HtmlReport.write(report(), fixture.source(), ZONE, to));
    Golden.check(
        "bad-day.html",
        page.replaceAll("(?s)<style>.*?</style>", "<style></style>")
            .replaceAll("(?s)<script>.*?</script>", "<script></script>")
            .replaceAll(">(?=<)", ">\n"));
  }

  @Test
  void flameGraph() throws IOException, RecordingException {
    Golden.check("bad-day.svg", FlameGraph.svg(report().costs().orElseThrow()));
  }

  @Test
  void collapsed() throws IOException, RecordingException {
    Golden.check("bad-day.folded", CollapsedStacks.of(report().costs().orElseThrow()));
  }

  /** Decoded: how histograms are packed is the JDK's choice. */
  @Test
  void histogramLog() throws IOException, RecordingException {
    byte[] log = written(to -> HistogramLog.write(report(), fixture.source(), to));
    StringBuilder decoded = new StringBuilder();
    new String(log, StandardCharsets.UTF_8)
        .lines()
        .filter(l -> l.startsWith("#"))
        .forEach(line -> decoded.append(line).append('\n'));
    HistogramLogReader reader = new HistogramLogReader(new ByteArrayInputStream(log));
    for (EncodableHistogram next = reader.nextIntervalHistogram();
        next != null;
        next = reader.nextIntervalHistogram()) {
      Histogram histogram = (Histogram) next;
      decoded
          .append(histogram.getTag())
          .append(" from ")
          .append(histogram.getStartTimeStamp())
          .append(" to ")
          .append(histogram.getEndTimeStamp())
          .append(": ")
          .append(histogram.getTotalCount())
          .append(" values, median ")
          .append(histogram.getValueAtPercentile(50))
          .append(", 99 % ")
          .append(histogram.getValueAtPercentile(99))
          .append(", max ")
          .append(histogram.getMaxValue())
          .append('\n');
    }
    Golden.check("bad-day-hlog.txt", decoded.toString());
  }
}
