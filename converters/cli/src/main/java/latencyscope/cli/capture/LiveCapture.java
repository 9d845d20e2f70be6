package latencyscope.cli.capture;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingStream;
import latencyscope.cli.console.UserError;
import latencyscope.jfr.Schema;
import latencyscope.jfr.schema.EventDescription;
import latencyscope.jfr.schema.EventTypes;

/**
 * A capture by the agent in this process whose events are read as they come, a second after they
 * happened at most. Used by a single thread; the events come on another one.
 */
public final class LiveCapture implements RunningCapture {
  private static final Duration KEPT = Duration.ofSeconds(60);
  private static final Set<String> DECIDED_BY_CODE =
      Set.of(EventTypes.RUN_QUEUE_WAIT, EventTypes.CONTEXT_SWITCH);
  private static final String THRESHOLD = "#threshold";

  private final RecordingStream stream;

  private LiveCapture(RecordingStream stream) {
    this.stream = stream;
  }

  /**
   * How long an event must be to be sent.
   *
   * @param stalls of those in which a thread wanted to run
   * @param blocked of those in which it waited for something
   */
  public record Thresholds(Duration stalls, Duration blocked) {}

  /**
   * Starts to capture.
   *
   * @param events gets each event; it is valid during the call only
   * @param flushed is called when all events until now have been handed over
   * @throws UserError if there is no agent in this process to do it
   */
  public static LiveCapture start(
      CaptureRequest request,
      Thresholds thresholds,
      Consumer<RecordedEvent> events,
      Runnable flushed)
      throws UserError {
    CaptureSession.requireAgent();
    RecordingStream stream = new RecordingStream();
    stream.setSettings(settings(request, thresholds));
    stream.setMaxAge(KEPT);
    // The model sorts by time where it has to.
    stream.setOrdered(false);
    stream.onEvent(events);
    stream.onFlush(flushed);
    stream.startAsync();
    return new LiveCapture(stream);
  }

  /** Only what a live view shows: each event costs some microseconds of CPU time. */
  static Map<String, String> settings(CaptureRequest request, Thresholds thresholds) {
    Map<String, String> settings = new LinkedHashMap<>(request.settings());
    for (Schema.Type type : Schema.types()) {
      if (!settings.containsKey(type.name() + "#enabled")) {
        continue;
      }
      EventDescription known =
          EventTypes.of(type.name().substring(EventDescription.PREFIX.length()));
      if (known == null) {
        continue; // about the capture itself
      }
      if (type.threshold().isEmpty() || !takesTime(known)) {
        settings.put(type.name() + "#enabled", "false");
      } else {
        boolean stall = known.latency() || !known.cost().isEmpty();
        Duration least = stall ? thresholds.stalls() : thresholds.blocked();
        settings.put(type.name() + THRESHOLD, least.toNanos() + " ns");
      }
    }
    return settings;
  }

  /** Whether a thread's account of its time has the event in it. */
  private static boolean takesTime(EventDescription event) {
    return !event.ledgerCause().isEmpty()
        || !event.cost().isEmpty()
        || DECIDED_BY_CODE.contains(event.name());
  }

  @Override
  public String state() throws UserError {
    return CaptureSession.ownState();
  }

  @Override
  public long stateMillis() {
    return CaptureSession.STATE_MILLIS;
  }

  /** Writes what was recorded in the last minute, and goes on. */
  @Override
  public void finish(Path file) throws UserError {
    try (Recording held = FlightRecorder.getFlightRecorder().takeSnapshot()) {
      held.dump(file);
    } catch (IOException e) {
      throw new UserError("the recording could not be written to " + file + ": " + e, e);
    }
  }

  /** Has the agent report its exact counts. */
  public void report() {
    FlightRecorder.getFlightRecorder().takeSnapshot().close();
  }

  @Override
  public void close() {
    stream.close();
  }
}
