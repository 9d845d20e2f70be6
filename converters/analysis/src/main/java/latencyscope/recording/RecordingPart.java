package latencyscope.recording;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import latencyscope.recording.chunk.Chunk;
import latencyscope.recording.chunk.ReadingProgress;
import latencyscope.recording.chunk.RecordingException;
import latencyscope.recording.event.EventConsumer;

/**
 * Some chunks of a recording, for who has read the others already. Immutable.
 *
 * @param file the recording
 * @param wanted whether a chunk is to be read
 */
public record RecordingPart(Path file, Predicate<Chunk> wanted) implements EventSource {
  @Override
  public Recording read(EventConsumer consumer) throws RecordingException {
    return new RecordingReading(List.of(file), wanted, consumer, ReadingProgress.NONE).recording();
  }
}
