package latencyscope.cli.monitor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import latencyscope.cli.capture.LiveCapture;
import latencyscope.cli.console.Target;
import latencyscope.cli.console.UserError;
import latencyscope.jfr.capture.Mark;

/** The capture of this process as what a live view shows. Used by a single thread. */
public final class LiveSource implements Monitor.Source {
  private static final DateTimeFormatter NAME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS", Locale.ROOT);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT);

  private final Target target;
  private final Path dumps;
  private LiveCapture capture;
  private int marks;

  /**
   * Of a process.
   *
   * @param dumps directory for recordings
   */
  public LiveSource(Target target, Path dumps) {
    this.target = target;
    this.dumps = dumps;
  }

  /** Takes the capture, once it has begun. */
  public void reads(LiveCapture started) {
    capture = started;
  }

  @Override
  public boolean ended() throws UserError {
    if (!target.alive()) {
      return true;
    }
    if (capture.ofThisProcess()) {
      capture.state(); // throws if there is nothing more to come
    }
    return false;
  }

  @Override
  public boolean sendFrom(Duration stalls, Duration blocked) {
    return capture.sendFrom(new LiveCapture.Thresholds(stalls, blocked));
  }

  @Override
  public void report() {
    capture.report();
  }

  @Override
  public String mark() {
    marks++;
    String time = "mark " + marks + " at " + TIME.format(LocalDateTime.now());
    if (!capture.ofThisProcess()) {
      return time + ", on the screen only: the target records";
    }
    Mark event = new Mark();
    event.mark = marks;
    event.commit();
    return time;
  }

  @Override
  public String dump() {
    String name = "latencyscope-" + target.pid() + "-" + NAME.format(LocalDateTime.now()) + ".jfr";
    Path file = dumps.resolve(name);
    Path part = dumps.resolve(name + ".part");
    try {
      try {
        Files.createFile(
            part,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        capture.finish(part);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(part);
      }
      return "wrote " + file;
    } catch (IOException e) {
      return "no recording was written: " + e;
    } catch (UserError e) {
      return e.getMessage();
    }
  }
}
