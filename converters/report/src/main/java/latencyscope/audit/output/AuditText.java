package latencyscope.audit.output;

import latencyscope.analysis.number.Printable;
import latencyscope.audit.Audit;
import latencyscope.audit.AuditItem;
import latencyscope.report.Columns;
import latencyscope.report.Style;

/** Writes an audit for people: what stands against low latency, then what does not. */
public final class AuditText {
  private static final String INDENT = "  ";

  private AuditText() {}

  /** All of it, every line ended. */
  public static String of(Audit audit, Style style) {
    StringBuilder text = new StringBuilder();
    int against = audit.in(AuditItem.State.AGAINST).size();
    int ok = audit.in(AuditItem.State.OK).size();
    int absent = audit.in(AuditItem.State.ABSENT).size();
    text.append(against)
        .append(" against low latency, ")
        .append(ok)
        .append(" as wanted, ")
        .append(absent)
        .append(" not on this host.\n");
    for (AuditItem item : audit.in(AuditItem.State.AGAINST)) {
      text.append('\n');
      line(text, "", item.area() + ": " + item.name(), style);
      line(text, INDENT, "now " + item.current() + "; wanted: " + item.wanted(), style);
      line(text, INDENT, item.why() + " (" + item.source() + ")", style);
      if (item.command() != null) {
        // A command is copied: it is never broken.
        text.append(INDENT)
            .append(item.boot() ? "at the next boot: " : "")
            .append(Printable.text(item.command()))
            .append('\n');
      }
    }
    text.append("\nAs wanted:\n");
    for (AuditItem item : audit.in(AuditItem.State.OK)) {
      line(text, INDENT, item.area() + ": " + item.name() + ": " + item.current(), style);
    }
    text.append("\nNot on this host:\n");
    for (AuditItem item : audit.in(AuditItem.State.ABSENT)) {
      line(text, INDENT, item.area() + ": " + item.name() + " (" + item.file() + ")", style);
    }
    return text.toString();
  }

  private static void line(StringBuilder text, String indent, String line, Style style) {
    for (String part : Columns.wrap(Printable.text(line), style.width() - indent.length())) {
      text.append((indent + part).stripTrailing()).append('\n');
    }
  }
}
