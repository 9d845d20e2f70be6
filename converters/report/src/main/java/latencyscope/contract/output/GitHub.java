package latencyscope.contract.output;

import java.util.Locale;
import latencyscope.analysis.number.Printable;
import latencyscope.contract.Outcome;
import latencyscope.contract.check.CheckResult;
import latencyscope.contract.check.ClauseResult;

/** Writes what came of a contract for GitHub: annotations of its lines, and a job summary. */
public final class GitHub {
  private GitHub() {}

  /** A workflow command for each clause that did not pass, each on a line. */
  public static String annotations(CheckResult result, boolean strict) {
    StringBuilder text = new StringBuilder();
    for (ClauseResult clause : result.clauses()) {
      String level =
          switch (clause.outcome()) {
            case VIOLATED -> "error";
            case INCONCLUSIVE -> strict ? "error" : "warning";
            case EXCEPTED -> "notice";
            case PASSED -> null;
          };
      if (level != null) {
        text.append(
            String.format(
                Locale.ROOT,
                "::%s file=%s,line=%d,title=%s::%s%n",
                level,
                property(result.contract().file()),
                clause.line(),
                property(clause.outcome().word() + ": " + CheckText.title(clause)),
                escaped(clause.evidence())));
      }
    }
    return text.toString();
  }

  // As the toolkit of GitHub's actions escapes them.
  private static String escaped(String text) {
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A");
  }

  private static String property(String text) {
    return escaped(text).replace(":", "%3A").replace(",", "%2C");
  }

  /** A table in Markdown, with the evidence of what did not pass below. */
  public static String markdown(CheckResult result) {
    StringBuilder text = new StringBuilder();
    text.append("### ").append(cell(CheckText.summary(result))).append("\n\n");
    text.append(cell(CheckText.scope(result))).append("\n\n");
    text.append("| outcome | threads | clause | bound | measured |\n|---|---|---|---|---|\n");
    for (ClauseResult clause : result.clauses()) {
      String outcome = clause.outcome().word();
      text.append("| ")
          .append(clause.outcome() == Outcome.VIOLATED ? "**" + outcome + "**" : outcome)
          .append(" | ")
          .append(cell(clause.subject()))
          .append(" | ")
          .append(cell(clause.key()))
          .append(" | ")
          .append(cell(clause.wanted()))
          .append(" | ")
          .append(clause.measured() == null ? "-" : cell(clause.measured()))
          .append(" |\n");
    }
    for (ClauseResult clause : result.clauses()) {
      if (clause.outcome() != Outcome.PASSED) {
        text.append("\n- **")
            .append(clause.outcome().word())
            .append("** ")
            .append(cell(CheckText.title(clause)))
            .append(": ")
            .append(cell(clause.evidence()));
      }
    }
    return text.append('\n').toString();
  }

  // Names are not markup.
  private static String cell(String text) {
    return Printable.text(text).replaceAll("([\\\\`*_<>|\\[\\]#])", "\\\\$1");
  }
}
