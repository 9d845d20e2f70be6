package latencyscope.html;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.TimeUnit;
import latencyscope.analysis.Report;
import latencyscope.perfetto.PerfettoOutput;
import latencyscope.recording.ManyEvents;
import latencyscope.recording.chunk.RecordingException;
import latencyscope.trace.TraceWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A million events in a JVM whose heap could not hold them. */
class BoundedMemoryTest {
  private static final int EVENTS = 1_000_000;
  private static final long MAX_PAGE_BYTES = 8_000_000;
  private static final int LIMIT_SECONDS = 180;

  @TempDir Path directory;

  /** What the other JVM does: writes the page, and a trace that goes nowhere. */
  public static void main(String[] arguments) throws IOException, RecordingException {
    ManyEvents events = new ManyEvents(EVENTS);
    Report report = events.fixture().report();
    try (OutputStream out = Files.newOutputStream(Path.of(arguments[0]))) {
      HtmlReport.write(report, events, ZoneOffset.UTC, out);
    }
    OutputStream nowhere = OutputStream.nullOutputStream();
    TraceWriter.write(report, events, new PerfettoOutput(report.recording(), nowhere));
  }

  @Test
  void aMillionEventsTakeLittleMemoryAndMakeASmallPage() throws Exception {
    Path page = directory.resolve("report.html");
    Path said = directory.resolve("said.txt");
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx80m",
                    "-XX:+UseSerialGC",
                    "-cp",
                    System.getProperty("java.class.path"),
                    BoundedMemoryTest.class.getName(),
                    page.toString()))
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
    process.destroyForcibly();
    assertTrue(ended, Files.readString(said));
    assertEquals(0, process.exitValue(), Files.readString(said));
    assertTrue(Files.size(page) < MAX_PAGE_BYTES, "bytes: " + Files.size(page));
    assertTrue(Files.readString(page).contains("\"events\":" + EVENTS));
    Browser.ifThere().ifPresent(browser -> assertTrue(browser.render(page).isReady()));
  }
}
