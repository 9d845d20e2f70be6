package latencyscope.recording;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.List;
import latencyscope.analysis.Report;
import latencyscope.analysis.UnknownKeyException;
import latencyscope.recording.chunk.RecordingException;
import latencyscope.report.Style;
import latencyscope.report.TextReport;

/** The recording reader: any file is a recording, or a sentence on why it is none. */
public final class RecordingFuzz {
  private static Path file;

  private RecordingFuzz() {}

  /** Makes the file that every input is written to. */
  public static void fuzzerInitialize() throws IOException {
    file = Files.createTempFile("fuzz-", ".jfr");
    file.toFile().deleteOnExit();
  }

  /** Reads a file and reports on what is in it. */
  public static void fuzzerTestOneInput(byte[] recording) throws Exception {
    Files.write(file, recording);
    try {
      Report report = Report.read(consumer -> Recording.read(List.of(file), consumer), List.of());
      TextReport.of(report, Style.plain(ZoneOffset.UTC));
    } catch (RecordingException e) {
      if (e.getMessage().isBlank()) {
        throw new AssertionError(e);
      }
    } catch (UnknownKeyException e) {
      throw new AssertionError(e);
    }
  }
}
