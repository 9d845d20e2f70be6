package latencyscope.cli.capture;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import jdk.jfr.consumer.RecordedEvent;
import latencyscope.cli.console.UserError;

/**
 * A capture whose events are read as they come, about a second after they happened. Used by a
 * single thread; the events come on another one.
 */
public interface LiveCapture extends RunningCapture {
  /** Of what happened before this, there may be nothing any more. */
  Duration KEPT = Duration.ofSeconds(60);

  /**
   * How long an event must be to be sent.
   *
   * @param stalls of those in which a thread wanted to run
   * @param blocked of those in which it waited for something
   */
  record Thresholds(Duration stalls, Duration blocked) {}

  /**
   * Starts to capture.
   *
   * @param attach whether the agent is to do it in the target, instead of the one in this process
   * @param events gets each event; it is valid during the call only
   * @param flushed is called when all events until a time, nanoseconds since the epoch, have been
   *     handed over
   * @throws UserError if there is no agent to do it
   */
  static LiveCapture start(
      CaptureRequest request,
      boolean attach,
      Thresholds thresholds,
      Consumer<RecordedEvent> events,
      LongConsumer flushed)
      throws UserError {
    return attach
        ? AttachedLiveCapture.start(request, thresholds, events, flushed)
        : OwnLiveCapture.start(request, thresholds, events, flushed);
  }

  /** Now, nanoseconds since the epoch. */
  static long now() {
    Instant now = Instant.now();
    return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
  }

  /** Asks for exact counts, which come as events; ones that come anyhow may have to do. */
  void report();

  /**
   * Has events sent from another length on.
   *
   * @return whether that is possible: the settings of a recording in another JVM stay
   */
  boolean sendFrom(Thresholds thresholds);

  /** Whether events of this process are in the recording. */
  boolean ofThisProcess();

  /** Writes what was recorded in the last minute, or in more, and goes on. */
  @Override
  void finish(Path file) throws UserError;
}
