package latencyscope.recording;

import java.nio.file.Path;
import java.util.List;
import latencyscope.recording.chunk.ReadingProgress;
import latencyscope.recording.chunk.RecordingException;
import latencyscope.recording.event.EventConsumer;

/**
 * The files of a recording, for outputs that need its single events: those are read anew, as a
 * stream, instead of being kept. Immutable.
 *
 * @param files parts of one recording
 * @param progress gets the progress of each reading
 */
public record RecordingFiles(List<Path> files, ReadingProgress progress) implements EventSource {
  /** Copies the list. */
  public RecordingFiles {
    files = List.copyOf(files);
  }

  /** Files whose reading nobody waits for. */
  public RecordingFiles(List<Path> files) {
    this(files, ReadingProgress.NONE);
  }

  @Override
  public Recording read(EventConsumer consumer) throws RecordingException {
    return Recording.read(files, consumer, progress);
  }
}
