package latencyscope.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import latencyscope.analysis.Percentiles;
import latencyscope.analysis.number.Numbers;
import latencyscope.ledger.Cause;
import latencyscope.ledger.Ledger;
import latencyscope.ledger.Part;
import latencyscope.ledger.Phrase;
import latencyscope.ledger.Unexplained;
import latencyscope.ledger.Window;
import latencyscope.ledger.explain.Carriers;
import latencyscope.ledger.explain.Circumstances;
import latencyscope.ledger.explain.Counterfactual;
import latencyscope.ledger.explain.Explained;
import latencyscope.ledger.explain.Explanation;
import latencyscope.ledger.explain.ProcessPath;
import latencyscope.ledger.explain.Sorted;
import latencyscope.ledger.explain.WakeLink;
import latencyscope.recording.event.CodeStack;
import latencyscope.recording.event.Distribution;

/** Writes an explanation for people. */
public final class ExplanationText {
  // What is shorter than this share of a window, all such parts together say.
  private static final double SMALL = 0.001;
  private static final int PARTS = 8;
  private static final int SUMS = 6;
  private static final int COUNTERFACTUALS = 3;
  private static final int TIME = 10;

  private final Explanation explanation;
  private final Style style;

  /** Parts, wake-ups and counterfactuals that are shown, each at most. */
  private final int entries;

  private final Page page;

  private ExplanationText(Explanation explanation, Style style, int entries) {
    this.explanation = explanation;
    this.style = style;
    this.entries = entries;
    this.page = new Page(style);
  }

  /** The explanation as text, every line ended. */
  public static String of(Explanation explanation, Style style) {
    return new ExplanationText(explanation, style, Integer.MAX_VALUE).write();
  }

  /**
   * The slowest window alone, as text, every line ended; empty if there is none.
   *
   * @param lines as many as it may have: where it would have more, its smallest parts, earliest
   *     wake-ups and last counterfactuals are left out, down to one of each
   */
  public static String ofSlowest(Explanation explanation, Style style, int lines) {
    int entries = PARTS;
    String text = ofSlowestWith(explanation, style, entries);
    while (entries > 1 && text.lines().count() > lines) {
      text = ofSlowestWith(explanation, style, --entries);
    }
    return text;
  }

  private static String ofSlowestWith(Explanation explanation, Style style, int entries) {
    ExplanationText text = new ExplanationText(explanation, style, entries);
    if (!explanation.slowest().isEmpty()) {
      text.page.line("The slowest of " + text.counted() + ".");
      text.window(explanation.slowest().get(0));
      text.counterfactuals();
    }
    return text.page.toString();
  }

  private String write() {
    page.line(counted());
    lengths(explanation.lengths());
    int number = 0;
    for (Explained explained : explanation.slowest()) {
      page.line("");
      page.line("No. " + ++number);
      window(explained);
    }
    if (explanation.explained() > 1) {
      sums();
    }
    counterfactuals();
    if (!explanation.notes().isEmpty()) {
      page.line("");
      explanation.notes().forEach(note -> page.hanging("Note: ", note));
    }
    return page.toString();
  }

  private String counted() {
    long count = explanation.lengths().count();
    return explanation.event() == null
        ? Numbers.count(count, "thread") + " between the given times"
        : Numbers.count(count, explanation.event() + " event");
  }

  private void lengths(Sorted lengths) {
    List<String> known = new ArrayList<>();
    for (Percentiles.P p : Percentiles.ALL) {
      if (lengths.count() >= Distribution.needed(p.percent())) {
        known.add(p.label() + " " + Numbers.time(lengths.percentile(p.percent())));
      }
    }
    if (lengths.count() > 0) {
      known.add("max " + Numbers.time(lengths.max()));
      page.line("Length: " + String.join(", ", known));
    }
  }

  private void window(Explained explained) {
    Ledger ledger = explained.ledger();
    Window window = ledger.window();
    String what = window.event() == null ? "" : window.label() + " on ";
    page.line(
        what
            + Phrase.thread(window.thread().name(), window.thread().osTid())
            + " took "
            + Numbers.time(window.duration())
            + " from "
            + Numbers.clock(window.start(), style.zone())
            + ":");
    circumstances(explained.circumstances());
    if (explained.othersInStall() > 0) {
      String all = Numbers.count(explained.othersInStall() + 1) + " of these events";
      page.hanging(
          "  ",
          "One stall of "
              + Numbers.time(window.duration())
              + " delayed "
              + all
              + ", which queued. A client that waits for each answer would count one of them"
              + " (coordinated omission).");
    }
    parts(ledger);
    unexplained(explained);
    carriers(explained.carriers());
    hidden(explained);
    chain(explained.chain());
    if (explained.path() != null) {
      path(explained.path());
    }
  }

  private void path(ProcessPath path) {
    for (ProcessPath.Step step : path.steps()) {
      Ledger did = step.did().ledger();
      Window window = did.window();
      String error =
          step.clockErrorNs() < 0
              ? ""
              : " (clock error up to " + Numbers.time(step.clockErrorNs()) + ")";
      page.hanging(
          "  ⇐ ",
          step.recording()
              + ": what "
              + Phrase.thread(window.thread().name(), window.thread().osTid())
              + " did in the "
              + Numbers.time(window.duration())
              + " until it woke "
              + step.waited()
              + error
              + ":");
      parts(did);
      unexplained(step.did());
      chain(step.did().chain());
    }
    page.hanging("  ", "The path ends here: " + path.end() + ".");
  }

  private void circumstances(Circumstances known) {
    if (!known.fields().isEmpty()) {
      page.hanging("  ", "Its fields: " + values(known.fields()));
    }
    known
        .context()
        .forEach((event, fields) -> page.hanging("  ", "During " + event + ": " + values(fields)));
    CodeStack.place(known.frames()).ifPresent(place -> page.hanging("  ", "Recorded at " + place));
  }

  private static String values(Map<String, Object> fields) {
    return fields.entrySet().stream()
        .map(field -> field.getKey() + " " + field.getValue())
        .collect(Collectors.joining(", "));
  }

  private void parts(Ledger ledger) {
    long window = ledger.window().duration();
    long small = 0;
    int smalls = 0;
    int shown = 0;
    for (Part part : ledger.parts()) {
      if (shown < Math.min(PARTS, entries) && (part.ns() >= window * SMALL || shown == 0)) {
        part(part.ns(), window, Phrase.located(part));
        shown++;
      } else {
        small += part.ns();
        smalls++;
      }
    }
    if (small > 0) {
      part(small, window, "in " + Numbers.count(smalls, "smaller part"));
    }
  }

  private void unexplained(Explained explained) {
    long window = explained.ledger().window().duration();
    if (explained.unexplained().isEmpty() && explained.ledger().unexplained() > 0) {
      part(explained.ledger().unexplained(), window, explanation.unexplainedInWords());
    }
    for (Unexplained why : explained.unexplained()) {
      part(why.ns(), window, Cause.UNEXPLAINED.words() + ": " + why.reason());
    }
  }

  private void part(long ns, long window, String words) {
    String share = String.format(Locale.ROOT, "%5.1f %%", 100.0 * ns / window);
    page.hanging("  " + Columns.padLeft(Numbers.time(ns), TIME) + " " + share + "  ", words);
  }

  private void carriers(Carriers carriers) {
    if (carriers == null) {
      return;
    }
    String known =
        carriers.names().isEmpty()
            ? ", and it was not."
            : ": for "
                + Numbers.time(carriers.knownNs())
                + ", on "
                + String.join(", ", carriers.names())
                + ".";
    page.hanging("  ", "A virtual thread: its carrier is recorded only while it is pinned" + known);
  }

  private void hidden(Explained explained) {
    long soft = explained.ledger().of(Cause.ON_CPU) + explained.ledger().of(Cause.SYSCALL);
    if (explained.hidden() > 0) {
      page.hanging(
          "  ",
          "Of the time on CPU, up to "
              + Numbers.time(explained.hidden())
              + " may hide in switches below the recording's threshold.");
    } else if (explained.hidden() < 0 && soft > 0) {
      page.hanging("  ", "Switches below the recording's threshold may hide in the time on CPU.");
    }
  }

  private void chain(List<WakeLink> chain) {
    for (WakeLink link : chain.subList(0, Math.min(chain.size(), entries))) {
      String then =
          link.waited() > 0
              ? ", and then waited " + Numbers.time(link.waited()) + " for a CPU"
              : "";
      page.hanging(
          "  ← ",
          link.waker()
              + (link.isEither() ? "," : "")
              + " woke "
              + link.thread().name()
              + " at "
              + Numbers.clock(link.at(), style.zone())
              + "; it had been blocked for "
              + Numbers.time(link.blocked())
              + then);
    }
  }

  private void sums() {
    long all = explanation.unexplained();
    for (Part part : explanation.sums()) {
      all += part.ns();
    }
    page.line("");
    page.line(
        "All "
            + Numbers.count(explanation.explained())
            + " together, overlaps counted more than once:");
    List<Part> sums = explanation.sums();
    for (Part part : sums.subList(0, Math.min(SUMS, sums.size()))) {
      part(part.ns(), all, Phrase.of(part));
    }
    if (sums.size() > SUMS) {
      long rest = sums.subList(SUMS, sums.size()).stream().mapToLong(Part::ns).sum();
      part(rest, all, "for " + Numbers.count(sums.size() - SUMS, "other reason"));
    }
    if (explanation.unexplained() > 0) {
      part(explanation.unexplained(), all, explanation.unexplainedInWords());
    }
  }

  private void counterfactuals() {
    List<String> lines = new ArrayList<>();
    for (Counterfactual one : explanation.counterfactuals()) {
      String changes = changes(one.without());
      if (!changes.isEmpty() && lines.size() < Math.min(COUNTERFACTUALS, entries)) {
        lines.add(
            "without " + Phrase.without(one.cause(), one.culprit(), one.cpu()) + ": " + changes);
      }
    }
    if (lines.isEmpty()) {
      return;
    }
    page.line("");
    page.line("What if (that time taken out, nothing else changed):");
    lines.forEach(line -> page.hanging("  → ", line));
  }

  private String changes(Sorted without) {
    Sorted with = explanation.lengths();
    List<String> changes = new ArrayList<>();
    for (Percentiles.P p : Percentiles.ALL) {
      if (with.count() >= Distribution.needed(p.percent())) {
        change(changes, p.label(), with.percentile(p.percent()), without.percentile(p.percent()));
      }
    }
    change(changes, "max", with.max(), without.max());
    return String.join(", ", changes);
  }

  // What looks the same in print has not changed.
  private static void change(List<String> changes, String what, long before, long after) {
    if (!Numbers.time(before).equals(Numbers.time(after))) {
      changes.add(what + " " + Numbers.time(before) + " → " + Numbers.time(after));
    }
  }
}
