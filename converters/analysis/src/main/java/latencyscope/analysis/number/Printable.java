package latencyscope.analysis.number;

/** Text that is safe to print: what a thread or a file is called must not steer a terminal. */
public final class Printable {
  private Printable() {}

  /** The text without control characters. */
  public static String text(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    text.codePoints()
        .map(c -> Character.isISOControl(c) || isBidiControl(c) ? '?' : c)
        .forEach(clean::appendCodePoint);
    return clean.toString();
  }

  private static boolean isBidiControl(int c) {
    return c >= 0x202A && c <= 0x202E || c >= 0x2066 && c <= 0x2069;
  }
}
