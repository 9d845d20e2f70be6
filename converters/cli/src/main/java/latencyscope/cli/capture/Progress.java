package latencyscope.cli.capture;

import java.time.Duration;
import latencyscope.cli.console.Console;

/** Shows on a terminal how long a capture still takes; does nothing otherwise. */
public final class Progress {
  private static final String CLEAR_LINE = "\r\u001b[K";

  private final Console console;
  private final String activity;
  private final long totalSeconds;
  private long shown = -1;

  public Progress(Console console, String activity, Duration total) {
    this.console = console;
    this.activity = activity;
    this.totalSeconds = total.toSeconds();
  }

  /** Shows the seconds that are left, if they changed. */
  public void left(long nanos) {
    long seconds = (Math.max(0, nanos) + 999_999_999) / 1_000_000_000;
    if (console.errTerminal() && totalSeconds > 0 && seconds != shown) {
      shown = seconds;
      console
          .err()
          .print(CLEAR_LINE + activity + ", " + seconds + " s left (Ctrl-C ends it early)");
      console.err().flush();
    }
  }

  /** Removes what was shown, until it is shown again. */
  public void done() {
    if (shown >= 0) {
      console.err().print(CLEAR_LINE);
      console.err().flush();
      shown = -1;
    }
  }
}
