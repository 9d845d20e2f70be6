package latencyscope.fleet.export;

import java.nio.file.Path;

/**
 * What became of a recording.
 *
 * @param outcome in a word
 * @param capture folder of its rows, or of the capture that holds them already
 * @param leftOut chunks that were left out, because another capture holds them
 */
public record Exported(Outcome outcome, Path capture, int leftOut) {
  /** What may become of a recording. */
  public enum Outcome {
    /** Its rows are new. */
    WRITTEN,
    /** Its rows have taken the place of those of a shorter copy. */
    REPLACED,
    /** All of it was there already. */
    KNOWN
  }
}
