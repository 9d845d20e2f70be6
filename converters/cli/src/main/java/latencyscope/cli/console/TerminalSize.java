package latencyscope.cli.console;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import latencyscope.report.Style;

/** How wide the terminal of standard output is. */
final class TerminalSize {
  private TerminalSize() {}

  /** Its columns; the default of a report if it is unknown. */
  static int columns() {
    try {
      // Java cannot ask for it; stty asks of its standard input. Shells do not export COLUMNS.
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(new File("/proc/self/fd/1"))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String[] size =
          new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
              .strip()
              .split(" ");
      stty.waitFor(1, TimeUnit.SECONDS);
      int columns = size.length == 2 ? Integer.parseInt(size[1]) : 0;
      return columns > 0 ? columns : Style.DEFAULT_WIDTH;
    } catch (IOException | NumberFormatException e) {
      return Style.DEFAULT_WIDTH;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Style.DEFAULT_WIDTH;
    }
  }
}
