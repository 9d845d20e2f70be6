package latencyscope.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import latencyscope.analysis.Report;
import latencyscope.analysis.first.FirstWords;
import latencyscope.analysis.number.Numbers;
import latencyscope.analysis.number.Printable;
import latencyscope.analysis.top.TopCause;
import latencyscope.ledger.lost.ThreadLoss;

/**
 * What a reader needs first, on one screen of 24 lines of 80 columns: the verdict, what the threads
 * that matter lost and to what, the causes that cost most with the command against each, what would
 * remain without them, and whether the capture can be trusted.
 */
final class FirstScreen {
  private static final int LINES = 24;
  private static final int THREADS = 3;
  private static final int MOST_CAUSES = 5;
  private static final int BAR = 24;
  private static final int NAME = 20;
  private static final String INDENT = "     ";

  /** How much is said, from the most on: the first that fits the screen is taken. */
  private enum Shape {
    FULL(3, 2, true),
    SHORT(3, 1, true),
    SHORTER(3, 1, false),
    SHORTEST(1, 1, false);

    private final int causes;
    private final int sentence;
    private final boolean notes;

    /**
     * @param causes how many there are at least
     * @param sentence how many lines a sentence may have
     * @param notes whether the recording's own notes are there
     */
    Shape(int causes, int sentence, boolean notes) {
      this.causes = causes;
      this.sentence = sentence;
      this.notes = notes;
    }
  }

  private final Report report;
  private final Style style;
  private final int top;
  private final FirstWords words;

  /**
   * @param top how many causes to show; 0 for as many as fit the screen
   */
  FirstScreen(Report report, Style style, int top) {
    this.report = report;
    this.style = style;
    this.top = top;
    this.words = new FirstWords(report);
  }

  /** The lines; empty ones part them. */
  List<String> lines() {
    List<String> head = new ArrayList<>();
    head.addAll(wrapped("", Subject.of(report), INDENT));
    head.addAll(wrapped("", "[" + words.severity().tag() + "] " + Summary.brief(report), INDENT));
    head.add("");
    head.addAll(lost());
    head.add("");
    List<String> lines = List.of();
    for (Shape shape : Shape.values()) {
      lines = new ArrayList<>(head);
      List<String> trust = wrapped("", words.trust() + (shape.notes ? words.notes() : ""), INDENT);
      lines.addAll(causes(LINES - head.size() - 1 - trust.size(), shape));
      lines.addAll(trust);
      if (top > 0 || lines.size() <= LINES) {
        return lines;
      }
    }
    return lines;
  }

  private List<String> wrapped(String indent, String text, String further) {
    List<String> lines = new ArrayList<>();
    int columns = style.width() - Columns.width(further);
    for (String line : Columns.wrap(Printable.text(text), columns)) {
      lines.add((lines.isEmpty() ? indent : further) + line);
    }
    return lines;
  }

  private List<String> lost() {
    if (words.accounts().isPresent()) {
      return wrapped("", words.accounts().get(), INDENT);
    }
    List<ThreadLoss> losses = report.first().lost().threads();
    List<String> lines = new ArrayList<>();
    lines.addAll(wrapped("", words.threads(), INDENT));
    List<ThreadLoss> shown = losses.subList(0, Math.min(THREADS, losses.size()));
    int names = LossBar.names(shown, NAME);
    for (ThreadLoss loss : shown) {
      String name = Columns.fit(Printable.text(loss.thread().name()), names);
      String all =
          String.format(
              Locale.ROOT,
              "%8s of %s  %5.1f %%  ",
              Numbers.time(loss.lost()),
              Numbers.time(loss.captured()),
              100 * loss.share());
      String line = "  " + Columns.padRight(name, names) + "  " + all;
      int bar = Math.max(8, Math.min(BAR, style.width() - Columns.width(line)));
      lines.add(line + LossBar.of(loss, bar));
      if (loss.lost() > 0) {
        lines.add("    " + LossBar.legend(loss, style.width() - 4));
      }
    }
    return lines;
  }

  private List<String> causes(int room, Shape shape) {
    List<TopCause> causes = report.topCauses();
    if (causes.isEmpty()) {
      return words.accounts().isPresent()
          ? List.of("Threads by their counts: --details", "")
          : List.of("No cause of latency was found.", "");
    }
    List<String> lines = new ArrayList<>(List.of("What cost most:"));
    int most = top > 0 ? top : MOST_CAUSES;
    int shown = 0;
    for (TopCause cause : causes.subList(0, Math.min(most, causes.size()))) {
      List<String> entry = cause(++shown, cause, shape);
      List<String> without = without(causes.subList(0, shown));
      boolean fits = lines.size() + entry.size() + without.size() <= room;
      if (top == 0 && shown > shape.causes && !fits) {
        shown--;
        break;
      }
      lines.addAll(entry);
    }
    int more = causes.size() - shown;
    List<String> without = without(causes.subList(0, shown));
    if (more > 0 && (top > 0 || lines.size() + without.size() + 1 <= room)) {
      lines.add(INDENT + "and " + Numbers.count(more, "more cause") + " (--top N)");
    }
    lines.add("");
    lines.addAll(without);
    return lines;
  }

  private List<String> without(List<TopCause> shown) {
    return words.without(shown).map(text -> wrapped("", text, INDENT)).orElse(List.of());
  }

  private List<String> cause(int number, TopCause cause, Shape shape) {
    List<String> lines = new ArrayList<>();
    String head = String.format(Locale.ROOT, "%3d. ", number);
    String title = FirstWords.title(cause) + ": " + FirstWords.cost(cause.lost());
    lines.addAll(wrapped(head, title, INDENT));
    lines.addAll(firstStep(cause, shape));
    return lines;
  }

  private List<String> sentence(TopCause cause, int most) {
    Optional<String> sentence = FirstWords.sentence(cause);
    if (sentence.isEmpty()) {
      return List.of();
    }
    String text = "→ " + Printable.text(sentence.get());
    int columns = style.width() - Columns.width(INDENT);
    List<String> parts = Columns.wrap(text, columns);
    List<String> lines = new ArrayList<>(parts.subList(0, Math.min(most, parts.size())));
    if (parts.size() > most) {
      String rest = String.join(" ", parts.subList(most - 1, parts.size()));
      lines.set(most - 1, Columns.fit(rest, columns));
    }
    lines.replaceAll(line -> INDENT + line);
    return lines;
  }

  /** The first command, or where none removes it, a sentence and what shows more of it. */
  private List<String> firstStep(TopCause cause, Shape shape) {
    Optional<String> command = FirstWords.command(cause);
    List<String> lines = new ArrayList<>();
    if (command.isEmpty()) {
      lines.addAll(sentence(cause, shape.sentence));
      command = words.showing(cause);
    }
    if (command.isEmpty()) {
      return lines;
    }
    List<String> parts =
        Columns.wrap(Printable.text(command.get()), style.width() - Columns.width(INDENT) - 4);
    for (int i = 0; i < parts.size(); i++) {
      String end = i < parts.size() - 1 ? " \\" : "";
      lines.add(INDENT + (i == 0 ? "" : "  ") + parts.get(i) + end);
    }
    return lines;
  }
}
