package latencyscope.analysis.finding;

import java.util.Locale;

/** Names as a shell takes them: none can become a command. */
public final class ShellWord {
  private static final String SAFE = "[A-Za-z0-9_./:@%+=,-]+";

  private ShellWord() {}

  /** A name as one word, in quotes only where it takes them. */
  public static String of(String name) {
    return name.matches(SAFE) && !name.startsWith("-") ? name : quoted(name);
  }

  /** A name in quotes. What cannot be seen is escaped, as bash, zsh and ksh read it. */
  public static String quoted(String name) {
    return name.chars().noneMatch(ShellWord::isInvisible)
        ? "'" + name.replace("'", "'\\''") + "'"
        : ansiQuoted(name);
  }

  /** Whether a character ends a line or cannot be seen: Unicode's own separators do, too. */
  static boolean isInvisible(int c) {
    return Character.isISOControl(c)
        || Character.getType(c) == Character.LINE_SEPARATOR
        || Character.getType(c) == Character.PARAGRAPH_SEPARATOR;
  }

  private static String ansiQuoted(String name) {
    StringBuilder word = new StringBuilder("$'");
    name.chars()
        .forEach(c -> {
          if (isInvisible(c)) {
            word.append(String.format(Locale.ROOT, "\\u%04x", c));
          } else {
            word.append(c == '\'' || c == '\\' ? "\\" : "").append((char) c);
          }
        });
    return word.append('\'').toString();
  }
}
