package latencyscope.cli.capture;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import jdk.jfr.consumer.EventStream;
import jdk.jfr.consumer.RecordedEvent;
import latencyscope.attach.AttachException;
import latencyscope.attach.TargetRecording;
import latencyscope.cli.console.PrivateDirectory;
import latencyscope.cli.console.UserError;
import latencyscope.jfr.schema.EventDescription;
import latencyscope.jfr.schema.EventTypes;

/**
 * A capture by the agent in the target, whose recorder's files are read while they are written.
 * Used by a single thread; the events come on another one.
 */
final class AttachedLiveCapture implements LiveCapture {
  /** The target's recorder writes once a second, and its file is looked at once a second. */
  private static final long LAG_NS = 2_000_000_000;

  private static final Duration MARGIN = Duration.ofSeconds(60);
  private static final String PID = EventDescription.PREFIX + EventTypes.CAPTURE + "#pid";

  private final AttachedCapture capture;
  private final EventStream stream;

  private AttachedLiveCapture(AttachedCapture capture, EventStream stream) {
    this.capture = capture;
    this.stream = stream;
  }

  static LiveCapture start(
      CaptureRequest request,
      Thresholds thresholds,
      Consumer<RecordedEvent> events,
      LongConsumer flushed)
      throws UserError {
    Map<String, String> settings = LiveSettings.of(request, thresholds);
    settings.put(PID, "");
    AttachedCapture capture =
        AttachedCapture.start(
            request,
            (jvm, channel) ->
                TargetRecording.startRolling(
                    jvm,
                    channel,
                    SettingsFile.of(settings),
                    request.duration().plus(MARGIN),
                    KEPT));
    try {
      EventStream stream = EventStream.openRepository(capture.recording().repository());
      stream.setOrdered(false);
      stream.onEvent(events);
      stream.onFlush(() -> flushed.accept(LiveCapture.now() - LAG_NS));
      stream.startAsync();
      return new AttachedLiveCapture(capture, stream);
    } catch (AttachException | IOException e) {
      capture.close();
      throw new UserError("--attach: the target's recording cannot be read: " + e.getMessage(), e);
    }
  }

  @Override
  public String state() throws UserError {
    return capture.state();
  }

  @Override
  public long stateMillis() {
    return capture.stateMillis();
  }

  @Override
  public void report() {
    try {
      capture.recording().rotate();
    } catch (AttachException e) {
      // Of a target that has ended, counts do not come any more.
    }
  }

  @Override
  public boolean sendFrom(Thresholds thresholds) {
    return false;
  }

  @Override
  public boolean ofThisProcess() {
    return false;
  }

  @Override
  public void finish(Path file) throws UserError {
    try (PrivateDirectory directory = PrivateDirectory.create()) {
      Path fetched = directory.path().resolve("target.jfr");
      capture.recording().dump(fetched);
      // What is there keeps its permissions.
      try (OutputStream out = Files.newOutputStream(file)) {
        Files.copy(fetched, out);
      }
    } catch (AttachException | IOException e) {
      throw new UserError("the target's recording could not be written: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    stream.close();
    capture.close();
  }
}
