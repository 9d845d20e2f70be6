package latencyscope.report;

import java.util.ArrayList;
import java.util.List;
import org.jline.utils.WCWidth;

/**
 * Measures and cuts text by the columns that it takes on a terminal, where Chinese, Japanese and
 * Korean characters take two and combining marks none.
 */
public final class Columns {
  private Columns() {}

  /** Columns that a text takes. */
  public static int width(String text) {
    return text.codePoints().map(Columns::width).sum();
  }

  /** Columns that a character takes. */
  static int width(int character) {
    return Math.max(0, WCWidth.wcwidth(character));
  }

  /** The text, cut with an ellipsis if it takes more columns. */
  public static String fit(String text, int columns) {
    if (width(text) <= columns) {
      return text;
    }
    return head(text, columns - 1) + "…";
  }

  private static String head(String text, int columns) {
    StringBuilder head = new StringBuilder();
    int used = 0;
    for (int c : text.codePoints().toArray()) {
      used += width(c);
      if (used > columns) {
        break;
      }
      head.appendCodePoint(c);
    }
    return head.toString();
  }

  /** The text, filled up with spaces behind it. */
  public static String padRight(String text, int columns) {
    return text + " ".repeat(Math.max(0, columns - width(text)));
  }

  /** The text, filled up with spaces before it. */
  public static String padLeft(String text, int columns) {
    return " ".repeat(Math.max(0, columns - width(text))) + text;
  }

  /** Lines of a text, broken at spaces; a word that is too long for a line is broken inside. */
  public static List<String> wrap(String text, int columns) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ")) {
      if (!line.isEmpty() && width(line.toString()) + 1 + width(word) > columns) {
        lines.add(line.toString());
        line.setLength(0);
      }
      String rest = line.isEmpty() ? word : " " + word;
      while (line.isEmpty() && width(rest) > columns) {
        String head = head(rest, columns);
        lines.add(head);
        rest = rest.substring(head.length());
      }
      line.append(rest);
    }
    lines.add(line.toString());
    return lines;
  }
}
