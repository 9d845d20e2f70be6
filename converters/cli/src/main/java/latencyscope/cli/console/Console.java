package latencyscope.cli.console;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Map;
import latencyscope.report.Style;

/**
 * Where the program's words go: the result to one stream, everything else to the other.
 *
 * @param out takes results
 * @param err takes diagnostics
 * @param charset what the reader of both understands
 * @param outTerminal whether results go to a terminal
 * @param errTerminal whether diagnostics go to a terminal
 * @param environment environment variables
 * @param zone zone of wall-clock times
 */
public record Console(
    PrintStream out,
    PrintStream err,
    Charset charset,
    boolean outTerminal,
    boolean errTerminal,
    Map<String, String> environment,
    ZoneId zone) {
  /** Wider than this, lines are hard to read: only who says COLUMNS gets them. */
  private static final int READABLE = 120;

  private static final String NEEDED = "╭─│═…→µ█▓▒░▚▞·±";

  /** The process's own streams. */
  public static Console ofProcess() {
    Charset charset = nativeCharset();
    return new Console(
        new PrintStream(System.out, true, charset),
        new PrintStream(System.err, true, charset),
        charset,
        isTerminal(1),
        isTerminal(2),
        System.getenv(),
        ZoneId.systemDefault());
  }

  private static Charset nativeCharset() {
    String name = System.getProperty("native.encoding");
    return name != null && Charset.isSupported(name)
        ? Charset.forName(name)
        : StandardCharsets.UTF_8;
  }

  // System.console() is about standard input and output together, and differently from JDK 22 on.
  private static boolean isTerminal(int descriptor) {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  /** How text for the result's stream is to look. */
  public Style style() {
    boolean colour = outTerminal && environment.getOrDefault("NO_COLOR", "").isEmpty();
    return new Style(
        columns(), colour && !isDumbTerminal(), !charset.newEncoder().canEncode(NEEDED), zone);
  }

  /** How text for a file is to look. */
  public Style fileStyle() {
    return new Style(columns(), false, false, zone);
  }

  /** Whether a screen can be drawn and keys can be read. */
  public boolean interactive() {
    return outTerminal && isTerminal(0) && !isDumbTerminal() && environment.containsKey("TERM");
  }

  private boolean isDumbTerminal() {
    return "dumb".equals(environment.get("TERM"));
  }

  private int columns() {
    String columns = environment.getOrDefault("COLUMNS", "");
    if (columns.matches("[1-9][0-9]{0,4}")) {
      return Integer.parseInt(columns);
    }
    return outTerminal ? Math.min(TerminalSize.columns(), READABLE) : Style.DEFAULT_WIDTH;
  }

  /**
   * Writes the result.
   *
   * @throws UserError if nobody takes it
   */
  public void result(byte[] content) throws UserError {
    out.write(content, 0, content.length);
    out.flush();
    if (out.checkError()) {
      throw new UserError("standard output could not be written: was the pipe closed?");
    }
  }

  /** Says a sentence to the user. */
  public void say(String sentence) {
    err.println("latencyscope: " + sentence);
    err.flush();
  }
}
