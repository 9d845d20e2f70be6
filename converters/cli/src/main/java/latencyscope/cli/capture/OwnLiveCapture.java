package latencyscope.cli.capture;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingStream;
import latencyscope.cli.console.UserError;

/**
 * A capture by the agent in this process whose events are read as they come, a second after they
 * happened at most. Used by a single thread; the events come on another one.
 */
final class OwnLiveCapture implements LiveCapture {
  private static final Duration KEPT = Duration.ofSeconds(60);
  private final CaptureRequest request;
  private final RecordingStream stream;

  private OwnLiveCapture(CaptureRequest request, RecordingStream stream) {
    this.request = request;
    this.stream = stream;
  }

  /**
   * Starts to capture.
   *
   * @param events gets each event; it is valid during the call only
   * @param flushed is called when all events until now have been handed over
   * @throws UserError if there is no agent in this process to do it
   */
  static LiveCapture start(
      CaptureRequest request,
      Thresholds thresholds,
      Consumer<RecordedEvent> events,
      LongConsumer flushed)
      throws UserError {
    CaptureSession.requireAgent();
    RecordingStream stream = new RecordingStream();
    stream.setSettings(LiveSettings.of(request, thresholds));
    stream.setMaxAge(KEPT);
    // The model sorts by time where it has to.
    stream.setOrdered(false);
    stream.onEvent(events);
    stream.onFlush(() -> flushed.accept(LiveCapture.now()));
    stream.startAsync();
    return new OwnLiveCapture(request, stream);
  }

  @Override
  public String state() throws UserError {
    return CaptureSession.ownState();
  }

  @Override
  public long stateMillis() {
    return CaptureSession.STATE_MILLIS;
  }

  @Override
  public void finish(Path file) throws UserError {
    try (Recording held = FlightRecorder.getFlightRecorder().takeSnapshot()) {
      held.dump(file);
    } catch (IOException e) {
      throw new UserError("the recording could not be written to " + file + ": " + e, e);
    }
  }

  @Override
  public void report() {
    FlightRecorder.getFlightRecorder().takeSnapshot().close();
  }

  @Override
  public boolean sendFrom(Thresholds thresholds) {
    stream.setSettings(LiveSettings.of(request, thresholds));
    return true;
  }

  @Override
  public boolean ofThisProcess() {
    return true;
  }

  @Override
  public void close() {
    stream.close();
  }
}
