package latencyscope.recording.chunk;

import java.nio.file.Path;

/** A recording could not be read; the message is a sentence for the user. */
public final class RecordingException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Why a recording could not be read. */
  public enum Problem {
    /** There is no such file, it may not be read, or reading failed. */
    UNREADABLE,
    /** The file has no content. */
    EMPTY,
    /** The file is not a flight recording. */
    NOT_A_RECORDING,
    /** The file ends before its first chunk does, so nothing can be read. */
    TRUNCATED,
    /** Every chunk of the file is damaged. */
    DAMAGED,
    /** The format's version is one that nothing here can read. */
    VERSION,
    /** A chunk takes more memory than there is. */
    TOO_LARGE,
    /** A sound recording without LatencyScope's events. */
    FOREIGN
  }

  private final Problem problem;

  public RecordingException(Problem problem, Path file, String what, Throwable cause) {
    super((file == null ? "The recording" : file) + " " + what, cause);
    this.problem = problem;
  }

  public RecordingException(Problem problem, Path file, String what) {
    this(problem, file, what, null);
  }

  /** Why the recording could not be read. */
  public Problem problem() {
    return problem;
  }
}
