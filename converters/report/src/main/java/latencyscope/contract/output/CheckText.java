package latencyscope.contract.output;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import latencyscope.analysis.number.Printable;
import latencyscope.contract.Outcome;
import latencyscope.contract.check.CheckResult;
import latencyscope.contract.check.ClauseResult;
import latencyscope.recording.Nanos;
import latencyscope.report.Columns;
import latencyscope.report.Style;

/** Writes what came of a contract for people: a table of clauses, then what to do. */
public final class CheckText {
  private static final List<String> HEAD =
      List.of("Outcome", "Threads", "Clause", "Bound", "Measured");
  private static final String GAP = "  ";
  private static final int MAX_NAME = 24;
  private static final int MAX_TARGET = 60;

  private CheckText() {}

  /** All of it, every line ended. */
  public static String of(CheckResult result, Style style) {
    StringBuilder text = new StringBuilder();
    line(text, summary(result), style);
    line(text, scope(result), style);
    text.append('\n');
    table(text, result);
    for (Outcome outcome : List.of(Outcome.VIOLATED, Outcome.INCONCLUSIVE, Outcome.EXCEPTED)) {
      result.clauses().stream()
          .filter(clause -> clause.outcome() == outcome)
          .forEach(clause -> details(text, result, clause, style));
    }
    return style.ascii() ? ascii(text.toString()) : text.toString();
  }

  /** The outcome and the number of clauses of each, in a sentence. */
  static String summary(CheckResult result) {
    String counts =
        Stream.of(Outcome.VIOLATED, Outcome.INCONCLUSIVE, Outcome.EXCEPTED, Outcome.PASSED)
            .filter(outcome -> result.count(outcome) > 0)
            .map(outcome -> result.count(outcome) + " " + outcome.word())
            .collect(Collectors.joining(", "));
    return "Contract "
        + result.contract().file()
        + ": "
        + result.outcome().word()
        + " ("
        + counts
        + ")";
  }

  /** What was checked. */
  static String scope(CheckResult result) {
    return Columns.fit(Printable.text(result.target()), MAX_TARGET)
        + "; "
        + Nanos.words(result.capturedNs())
        + " captured"
        + switch (result.contract().environment()) {
          case SHARED -> "; shared host";
          case DEDICATED -> "; dedicated host";
          case AUTO -> "";
        };
  }

  private static void line(StringBuilder text, String line, Style style) {
    indented(text, "", line, style);
  }

  private static void indented(StringBuilder text, String indent, String line, Style style) {
    for (String part : Columns.wrap(Printable.text(line), style.width() - indent.length())) {
      text.append((indent + part).stripTrailing()).append('\n');
    }
  }

  private static void table(StringBuilder text, CheckResult result) {
    List<List<String>> rows = new ArrayList<>(List.of(HEAD));
    for (ClauseResult clause : result.clauses()) {
      rows.add(
          List.of(
              tag(clause.outcome()),
              Columns.fit(Printable.text(clause.subject()), MAX_NAME),
              clause.key(),
              clause.wanted(),
              clause.measured() == null ? "-" : Printable.text(clause.measured())));
    }
    int columns = HEAD.size();
    int[] widths = new int[columns];
    rows.forEach(row -> {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], Columns.width(row.get(i)));
      }
    });
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        line.append(Columns.padRight(row.get(i), widths[i])).append(GAP);
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
  }

  private static String tag(Outcome outcome) {
    return outcome == Outcome.VIOLATED ? outcome.word().toUpperCase(Locale.ROOT) : outcome.word();
  }

  private static void details(
      StringBuilder text, CheckResult result, ClauseResult clause, Style style) {
    text.append('\n');
    String place = result.contract().file() + ":" + clause.line();
    line(text, tag(clause.outcome()) + " " + title(clause) + " (" + place + ")", style);
    indented(text, GAP, sentence(clause.evidence()), style);
    if (clause.remedy() != null) {
      // A command is copied: it is never broken.
      for (String line : clause.remedy().split("\n")) {
        if (line.startsWith(" ")) {
          text.append(GAP).append(Printable.text(line)).append('\n');
        } else {
          indented(text, GAP, line, style);
        }
      }
    }
  }

  /** A clause in a few words. */
  static String title(ClauseResult clause) {
    return clause.subject() + " " + clause.key() + " " + clause.wanted();
  }

  private static String sentence(String text) {
    return text.endsWith(".") ? text : text + ".";
  }

  private static String ascii(String text) {
    return text.replace("µ", "u").replace("…", "~");
  }
}
