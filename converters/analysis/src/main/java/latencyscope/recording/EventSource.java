package latencyscope.recording;

import latencyscope.recording.chunk.RecordingException;
import latencyscope.recording.event.EventConsumer;

/**
 * Where an output that shows single events gets them from: as often as it needs them, as a stream.
 */
@FunctionalInterface
public interface EventSource {
  /**
   * Hands every event to a consumer.
   *
   * @return all that is not a single event
   * @throws RecordingException if nothing of LatencyScope can be read
   */
  Recording read(EventConsumer consumer) throws RecordingException;
}
