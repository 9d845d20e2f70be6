package latencyscope.recording.chunk;

/** Is told how far the reading of a recording has come. */
@FunctionalInterface
public interface ReadingProgress {
  /** Tells nobody. */
  ReadingProgress NONE = (read, all) -> {};

  /**
   * Called often, by any thread, one at a time.
   *
   * @param read bytes of all files that were read
   * @param all bytes of all files
   */
  void at(long read, long all);
}
