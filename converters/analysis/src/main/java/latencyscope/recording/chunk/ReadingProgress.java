package latencyscope.recording.chunk;

/** Gets the progress of reading a recording. */
@FunctionalInterface
public interface ReadingProgress {
  /** Ignores it. */
  ReadingProgress NONE = (read, all) -> {};

  /**
   * Called often, by any thread, one at a time.
   *
   * @param read bytes of all files that were read
   * @param all bytes of all files
   */
  void at(long read, long all);
}
