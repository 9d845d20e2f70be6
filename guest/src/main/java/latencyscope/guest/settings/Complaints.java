package latencyscope.guest.settings;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The agent's only voice on the engine's standard error: one line for each distinct problem.
 *
 * <p>Safe for use by several threads. The number of problems kept is bounded; once it is reached,
 * new ones are counted as known.
 */
public final class Complaints {
  private static final int LIMIT = 100;

  /** Set by the command line's own agent: it reports what the recording says, in its own words. */
  private static final boolean QUIET = Boolean.getBoolean("latencyscope.quiet");

  private static final Set<String> SAID = ConcurrentHashMap.newKeySet();

  private Complaints() {}

  /** Prints the sentence unless it was printed before. */
  public static void say(String sentence) {
    if (!QUIET && SAID.size() < LIMIT && SAID.add(sentence)) {
      System.err.println("LatencyScope: " + sentence.replace('\n', ' '));
    }
  }

  /** Prints what a part of the agent could not do, without a stack trace. */
  public static void say(String attempt, Throwable cause) {
    String message = cause.getMessage();
    String name = cause.getClass().getSimpleName();
    if (message == null) {
      say(attempt + ": " + name);
    } else if (cause instanceof AccessDeniedException) {
      say(attempt + ": permission denied: " + message); // which otherwise is only the path
    } else if (cause instanceof FileSystemException) {
      say(attempt + ": " + name + ": " + message); // likewise
    } else {
      say(attempt + ": " + message);
    }
  }
}
