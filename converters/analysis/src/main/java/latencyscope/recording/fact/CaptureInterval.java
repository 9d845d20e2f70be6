package latencyscope.recording.fact;

import java.util.Set;

/**
 * A stretch of time that was captured.
 *
 * @param start begin, nanoseconds since the epoch
 * @param end end, nanoseconds since the epoch
 * @param incomplete modules of which records were lost
 */
public record CaptureInterval(long start, long end, Set<String> incomplete) {
  /** Stands for all modules, of which the flight recorder itself dropped data. */
  static final String ALL = "*";

  /** Copies the set. */
  public CaptureInterval {
    incomplete = Set.copyOf(incomplete);
  }

  /** Whether no record of a module was lost. */
  public boolean isComplete(String module) {
    return !incomplete.contains(module) && !incomplete.contains(ALL);
  }
}
