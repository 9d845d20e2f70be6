package latencyscope.tune;

import java.util.List;
import java.util.Map;
import latencyscope.analysis.number.Printable;
import latencyscope.report.Columns;
import latencyscope.report.Style;
import latencyscope.tune.Tuned.Fate;

/** Writes for people what is planned, what came of it, and what was given back. */
public final class TuneText {
  private static final String INDENT = "  ";
  private static final String DEEP = "    ";

  private TuneText() {}

  /** A plan: every value, and what is never written; every line ended. */
  public static String of(Plan plan, Style style) {
    StringBuilder text = new StringBuilder();
    int count = plan.values();
    line(
        text,
        "",
        count == 0
            ? "Nothing to write."
            : count + (count == 1 ? " value" : " values") + " to write; --apply writes.",
        style);
    for (Step step : plan.steps()) {
      text.append('\n');
      step(text, step, "", style);
    }
    rest(text, plan, style);
    return text.toString();
  }

  private static void step(StringBuilder text, Step step, String fate, Style style) {
    line(text, "", step.name() + fate, style);
    line(text, INDENT, step.why(), style);
    for (Change change : step.changes()) {
      // Copied and compared: never broken.
      text.append(INDENT)
          .append(Printable.text(change.place().words()))
          .append(": ")
          .append(Printable.text(change.before()))
          .append(" -> ")
          .append(Printable.text(change.after()))
          .append('\n');
    }
  }

  private static void rest(StringBuilder text, Plan plan, Style style) {
    list(
        text,
        "At the next boot, on the kernel's command line (never written):",
        plan.atBoot(),
        style);
    list(text, "By hand (never written):", plan.byHand(), style);
  }

  private static void list(StringBuilder text, String head, List<String> entries, Style style) {
    if (!entries.isEmpty()) {
      text.append('\n').append(head).append('\n');
    }
    for (String entry : entries) {
      for (String part : entry.split("\n")) {
        if (part.startsWith(" ")) {
          text.append(DEEP).append(Printable.text(part.strip())).append('\n');
        } else {
          line(text, INDENT, part, style);
        }
      }
    }
  }

  /** What came of a plan. */
  public static String of(Tuned tuned, Plan plan, Style style) {
    StringBuilder text = new StringBuilder();
    long kept = tuned.fates().values().stream().filter(fate -> fate == Fate.KEPT).count();
    line(
        text,
        "",
        "Before: "
            + tuned.before().outcome().word()
            + "; now: "
            + tuned.after().outcome().word()
            + ". "
            + kept
            + " of "
            + tuned.fates().size()
            + (tuned.fates().size() == 1 ? " change helped" : " changes helped")
            + (kept == 0 ? "." : " and stayed; latencyscope tune --revert takes it back."),
        style);
    for (Map.Entry<Step, Fate> entry : tuned.fates().entrySet()) {
      text.append('\n');
      step(text, entry.getKey(), ": " + words(entry.getValue()), style);
    }
    if (!tuned.failures().isEmpty()) {
      text.append("\nNot written:\n");
      tuned.failures().forEach(failure -> line(text, INDENT, failure, style));
    }
    rest(text, plan, style);
    return text.toString();
  }

  private static String words(Fate fate) {
    return switch (fate) {
      case KEPT -> "kept, the contract needs it";
      case REVERTED -> "taken back, it did not help";
      case FAILED -> "not written";
    };
  }

  /** What was given back. */
  public static String of(Reverter reverter, Style style) {
    StringBuilder text = new StringBuilder();
    int restored = reverter.restored();
    line(
        text,
        "",
        restored + (restored == 1 ? " value is" : " values are") + " as before tune --apply.",
        style);
    list(text, "Left as they are:", reverter.left(), style);
    list(text, "Gone:", reverter.passedOver(), style);
    return text.toString();
  }

  private static void line(StringBuilder text, String indent, String line, Style style) {
    for (String part : Columns.wrap(Printable.text(line), style.width() - indent.length())) {
      text.append((indent + part).stripTrailing()).append('\n');
    }
  }
}
