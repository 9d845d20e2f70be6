package latencyscope.report;

import java.util.List;
import latencyscope.analysis.finding.Severity;
import latencyscope.analysis.number.Printable;

/**
 * Lays out lines and boxes that fit a terminal, whatever the texts in them. Not safe for use by
 * several threads.
 */
final class Page {
  private static final String UNICODE = "╭╮╰╯├┤─│═—…→←µ±·█▓▒░▚▞";
  private static final String ASCII = "++++++-|=-~><u~.#%=:xo";

  private final Style style;
  private final StringBuilder out = new StringBuilder();

  Page(Style style) {
    this.style = style;
  }

  /** Columns for text inside of a box. */
  int inner() {
    return style.width() - 4;
  }

  /** A line outside of any box, broken if need be. */
  void line(String text) {
    for (String part : Columns.wrap(Printable.text(text), style.width())) {
      out.append(part.stripTrailing()).append('\n');
    }
  }

  /** A line that is laid out already; the verdict at its begin is coloured. */
  void verdictLine(String text) {
    for (Severity severity : Severity.values()) {
      String tag = "[" + severity.tag() + "] ";
      if (text.startsWith(tag)) {
        out.append(coloured(severity, tag)).append(text.substring(tag.length())).append('\n');
        return;
      }
    }
    out.append(text.stripTrailing()).append('\n');
  }

  /** A text outside of any box whose further lines are indented to where it begins. */
  void hanging(String head, String text) {
    int indent = Columns.width(head);
    String start = head;
    for (String part : Columns.wrap(Printable.text(text), style.width() - indent)) {
      out.append((start + part).stripTrailing()).append('\n');
      start = " ".repeat(indent);
    }
  }

  /** A rule from one side to the other. */
  void rule() {
    out.append("═".repeat(style.width())).append('\n');
  }

  /** Opens a box with a title. */
  void open(String title) {
    out.append('╭').append("─".repeat(style.width() - 2)).append("╮\n");
    row(bold(title), Columns.width(title));
    out.append('├').append("─".repeat(style.width() - 2)).append("┤\n");
  }

  /** Closes a box. */
  void close() {
    out.append('╰').append("─".repeat(style.width() - 2)).append("╯\n");
  }

  /** A line in a box, cut if need be. */
  void boxed(String text) {
    String fitting = Columns.fit(Printable.text(text), inner());
    row(fitting, Columns.width(fitting));
  }

  /** A text in a box, broken into as many lines as it takes, all but the first indented further. */
  void wrapped(String indent, String text, String further) {
    int columns = inner() - indent.length() - further.length();
    List<String> lines = Columns.wrap(Printable.text(text), columns);
    for (int i = 0; i < lines.size(); i++) {
      boxed(indent + (i == 0 ? "" : further) + lines.get(i));
    }
  }

  /**
   * A command in a box, which stays a command if it takes several lines.
   *
   * @param head before its first line; the others begin below the command
   */
  void command(String head, String command) {
    List<String> lines = Columns.wrap(Printable.text(command), inner() - Columns.width(head) - 4);
    String further = " ".repeat(Columns.width(head) + 2);
    for (int i = 0; i < lines.size(); i++) {
      String end = i < lines.size() - 1 ? " \\" : "";
      boxed((i == 0 ? head : further) + lines.get(i) + end);
    }
  }

  /** A verdict in a box. */
  void tagged(String indent, Severity severity, String text) {
    String tag = "[" + severity.tag() + "] ";
    int columns = inner() - indent.length() - tag.length();
    List<String> lines = Columns.wrap(Printable.text(text), columns);
    String first = indent + tag + lines.get(0);
    row(indent + coloured(severity, tag) + lines.get(0), Columns.width(first));
    for (String more : lines.subList(1, lines.size())) {
      boxed(indent + " ".repeat(tag.length()) + more);
    }
  }

  private void row(String text, int columns) {
    out.append("│ ").append(text).append(" ".repeat(inner() - columns)).append(" │\n");
  }

  private String bold(String text) {
    return style.colour() ? "\u001b[1m" + text + "\u001b[0m" : text;
  }

  private String coloured(Severity severity, String tag) {
    if (!style.colour()) {
      return tag;
    }
    String code =
        switch (severity) {
          case PASS -> "32";
          case NOT_MEASURED -> "36";
          case WARN -> "33";
          case FAIL -> "1;31";
        };
    return "\u001b[" + code + "m" + tag.strip() + "\u001b[0m ";
  }

  @Override
  public String toString() {
    if (!style.ascii()) {
      return out.toString();
    }
    StringBuilder ascii = new StringBuilder(out.length());
    out.codePoints().forEach(c -> appendAscii(ascii, c));
    return ascii.toString();
  }

  // As wide as what it stands for, so that boxes stay boxes.
  private static void appendAscii(StringBuilder ascii, int c) {
    boolean kept = c < 128 || UNICODE.indexOf(c) >= 0;
    ascii.append(Character.toString(toAscii(c)).repeat(kept ? 1 : Columns.width(c)));
  }

  private static int toAscii(int c) {
    int known = UNICODE.indexOf(c);
    if (known >= 0) {
      return ASCII.charAt(known);
    }
    return c < 128 ? c : '?';
  }
}
