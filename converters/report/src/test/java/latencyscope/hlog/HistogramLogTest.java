package latencyscope.hlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import latencyscope.analysis.Report;
import latencyscope.recording.EngineRecording;
import latencyscope.recording.Fixture;
import latencyscope.recording.RecordingFiles;
import latencyscope.recording.chunk.RecordingException;
import latencyscope.recording.event.Distribution;
import latencyscope.recording.thread.ThreadId;
import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogProcessor;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistogramLogTest {
  private static Map<String, Histogram> read(Fixture fixture)
      throws IOException, RecordingException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    HistogramLog.write(fixture.report(), fixture.source(), bytes);
    HistogramLogReader reader =
        new HistogramLogReader(new ByteArrayInputStream(bytes.toByteArray()));
    Map<String, Histogram> byTag = new TreeMap<>();
    EncodableHistogram next;
    while ((next = reader.nextIntervalHistogram()) != null) {
      assertFalse(byTag.containsKey(next.getTag()), next.getTag());
      byTag.put(next.getTag(), (Histogram) next);
    }
    return byTag;
  }

  @Test
  void readersFindEveryCount() throws IOException, RecordingException {
    Fixture fixture = Fixture.badDay();
    Map<String, Histogram> byTag = read(fixture);
    Distribution waits =
        fixture.recording().distribution("isolation", "runqueue_wakeup").orElseThrow();
    Histogram woken = byTag.get("isolation.runqueue_wakeup:md-feed-4721");
    assertEquals(waits.count(), woken.getTotalCount());
    for (double percent : new double[] {50, 99, 99.9}) {
      assertEquals(waits.percentile(percent).orElseThrow(), woken.getValueAtPercentile(percent));
    }
    assertEquals(Fixture.START / 1_000_000, woken.getStartTimeStamp());
    assertEquals(46, byTag.get("isolation.runqueue_preempted:strategy-4720").getTotalCount());
    assertEquals(2, byTag.size());
  }

  /** What engineers run: the percentiles of one tag out of a log of many. */
  @Test
  void theLogProcessorOfHdrHistogramAgrees(@TempDir Path directory)
      throws IOException, RecordingException {
    Fixture fixture = Fixture.badDay();
    Path log = directory.resolve("report.hlog");
    try (OutputStream out = Files.newOutputStream(log)) {
      HistogramLog.write(fixture.report(), fixture.source(), out);
    }
    Path result = directory.resolve("feed");
    // It is a thread, which its main method only starts.
    new HistogramLogProcessor(
            new String[] {
              "-i",
              log.toString(),
              "-o",
              result.toString(),
              "-tag",
              "isolation.runqueue_wakeup:md-feed-4721",
              "-outputValueUnitRatio",
              "1"
            })
        .run();
    String said = Files.readString(directory.resolve("feed.hgrm"));
    Distribution waits =
        fixture.recording().distribution("isolation", "runqueue_wakeup").orElseThrow();
    assertEquals(waits.count(), number(said, "Total count *= *(\\d+)"));
    assertEquals(waits.percentile(50).orElseThrow(), number(said, "(\\d+)\\.\\d+ 0\\.50000"));
    // The maximum to the width of a bin.
    assertEquals(1.0, waits.max() / (double) number(said, "Max *= *(\\d+)"), 0.001);
  }

  /** Modules are loaded one after the other: some count before the capture as a whole begins. */
  @Test
  void theLogProcessorSeesWhatBeganBeforeTheCapture(@TempDir Path directory) throws Exception {
    Path file = Files.write(directory.resolve("engine.jfr"), EngineRecording.bytes());
    RecordingFiles files = new RecordingFiles(List.of(file));
    Report report = Report.read(files, List.of());
    Path log = directory.resolve("report.hlog");
    try (OutputStream out = Files.newOutputStream(log)) {
      HistogramLog.write(report, files, out);
    }
    String tag = "isolation.runqueue_wakeup:🚀_md-feed-7317";
    String result = directory.resolve("feed").toString();
    new HistogramLogProcessor(new String[] {"-i", log.toString(), "-o", result, "-tag", tag}).run();
    long count = number(Files.readString(directory.resolve("feed.hgrm")), "Total count *= *(\\d+)");
    long expected =
        report.recording().distributions("isolation", "runqueue_wakeup").entrySet().stream()
            .filter(entry -> entry.getKey().osTid() == 7317)
            .mapToLong(entry -> entry.getValue().count())
            .sum();
    assertEquals(expected, count);
    assertTrue(expected > 50, expected + " waits");
  }

  private static long number(String said, String regex) {
    Matcher matcher = Pattern.compile(regex).matcher(said);
    assertTrue(matcher.find(), said);
    return Long.parseLong(matcher.group(1));
  }

  @Test
  void aNameCannotBreakALine() throws IOException, RecordingException {
    Histogram values = new Histogram(3);
    values.recordValue(1_000);
    Fixture fixture =
        new Fixture()
            .capture("", "")
            .distribution("x", new ThreadId(7, "a,b c\n取引", 0), values, 1_000);
    assertEquals("[isolation.x:a_b_c_取引-7]", read(fixture).keySet().toString());
  }
}
