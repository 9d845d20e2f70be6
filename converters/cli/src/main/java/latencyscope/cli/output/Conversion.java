package latencyscope.cli.output;

import java.util.concurrent.TimeUnit;
import latencyscope.cli.console.Console;
import latencyscope.recording.chunk.ReadingProgress;

/**
 * Shows on a terminal the progress of reading a recording, if it takes long; does nothing else.
 * Safe for use by several threads, one at a time.
 */
final class Conversion implements ReadingProgress, AutoCloseable {
  private static final String CLEAR_LINE = "\r\u001b[K";
  private static final long PATIENCE_NS = TimeUnit.MILLISECONDS.toNanos(500);

  private final Console console;
  private final String activity;
  private final long startedAt = System.nanoTime();
  private volatile long shown = -1;

  /**
   * @param activity what is being done, such as {@code Reading}
   */
  Conversion(Console console, String activity) {
    this.console = console;
    this.activity = activity;
  }

  @Override
  public void at(long read, long all) {
    long percent = all <= 0 ? 0 : Math.min(100, read * 100 / all);
    if (!console.errTerminal() || percent == shown || System.nanoTime() - startedAt < PATIENCE_NS) {
      return;
    }
    shown = percent;
    console.err().print(CLEAR_LINE + activity + ", " + percent + " %");
    console.err().flush();
  }

  /** Removes what was shown. */
  @Override
  public void close() {
    if (shown >= 0) {
      console.err().print(CLEAR_LINE);
      console.err().flush();
      shown = -1;
    }
  }
}
