package latencyscope.guest.trigger;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import latencyscope.guest.settings.Complaints;
import latencyscope.guest.settings.PrivateFile;
import latencyscope.jfr.capture.Trigger;

/**
 * Writes what the flight recorder holds of the last seconds to a new file: as a whole or not at
 * all, for the engine's user alone. Safe for use by several threads.
 *
 * @param folder folder to write to
 * @param last how much to write; chunks of the recording that reach into it are written whole
 */
record TriggerDump(Path folder, Duration last) {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS").withZone(ZoneOffset.UTC);

  /** Writes the file, and notes in the recording what it was written for. */
  void write(TriggerCondition condition, long ns, String thread) {
    Instant now = Instant.now();
    Path file =
        folder
            .resolve(
                "latencyscope-"
                    + ProcessHandle.current().pid()
                    + "-"
                    + TIME.format(now)
                    + "-"
                    + condition.event().replaceFirst(".*\\.", "")
                    + ".jfr")
            .toAbsolutePath();
    Trigger event = new Trigger();
    event.condition = condition.text();
    event.type = condition.event();
    event.value = ns;
    event.thread = thread;
    event.file = file.toString();
    event.commit(); // before the file is written, so that it is in there
    try {
      write(file, now.minus(last));
    } catch (IOException | RuntimeException e) {
      event.file = null;
      event.problem = String.valueOf(e.getMessage());
      event.commit();
      Complaints.say("could not write the file of trigger " + condition.text(), e);
    }
  }

  private void write(Path file, Instant from) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try (Recording held = FlightRecorder.getFlightRecorder().takeSnapshot();
        InputStream in = held.getStream(from, Instant.now().plus(1, ChronoUnit.DAYS))) {
      if (in == null) {
        throw new IOException("no recording to disk holds the last " + last.toSeconds() + " s");
      }
      try (OutputStream out = PrivateFile.create(part)) {
        in.transferTo(out);
      }
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }
}
