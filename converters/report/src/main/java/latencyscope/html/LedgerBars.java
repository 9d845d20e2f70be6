package latencyscope.html;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import latencyscope.analysis.number.Numbers;
import latencyscope.ledger.Cause;
import latencyscope.ledger.Ledger;
import latencyscope.ledger.Part;
import latencyscope.ledger.Phrase;
import latencyscope.ledger.Window;
import latencyscope.ledger.explain.Stall;
import latencyscope.recording.fact.Scope;
import latencyscope.recording.thread.ThreadId;

/**
 * Where the time of single events went: a bar for each, as long as the event was, divided into its
 * causes.
 *
 * @param causes those that any bar has
 * @param limits what the capture leaves out, if anything is unexplained; null if nothing is
 */
record LedgerBars(List<Cause> causes, String limits, List<Type> types) {
  private static final int NAMED = 4;
  private static final double PERCENT = 100;

  /**
   * The slowest events of one type.
   *
   * @param hint what and how many these are the longest of
   */
  record Type(String label, String hint, List<Bar> bars) {}

  /**
   * The longest event of one stall.
   *
   * @param number of its stall, by which the page calls it
   * @param others how many more events fell into the same stall
   * @param width percent of the longest of its type
   * @param pieces which are the whole event
   * @param named the longest of them
   */
  record Bar(
      int number, Window window, int others, String width, List<Piece> pieces, List<Piece> named) {
    String stall() {
      return "stall-" + number;
    }
  }

  /**
   * What one cause took of an event.
   *
   * @param window length of the event, nanoseconds
   */
  record Piece(Cause cause, long ns, long window, String phrase) {
    String width() {
      return percent(ns, window);
    }

    String words() {
      return Numbers.time(ns) + " " + phrase;
    }

    String share() {
      String percent = String.format(Locale.ROOT, "%.1f", PERCENT * ns / window);
      return Numbers.time(ns) + " (" + percent + " %) " + phrase;
    }
  }

  /** The bars; null if there is nothing to explain. */
  static LedgerBars of(
      List<Ledger> ledgers, List<Stall> stalls, SlowestEvents slowest, Scope scope) {
    if (ledgers.isEmpty()) {
      return null;
    }
    Map<String, List<Bar>> byType = new LinkedHashMap<>();
    for (int i = 0; i < stalls.size(); i++) {
      List<Bar> bars =
          byType.computeIfAbsent(stalls.get(i).longest().event(), type -> new ArrayList<>());
      Window longest = bars.isEmpty() ? stalls.get(i).longest() : bars.get(0).window();
      bars.add(bar(i + 1, ledgers.get(i), stalls.get(i).others(), longest.duration()));
    }
    List<Type> types = new ArrayList<>();
    byType.forEach((type, bars) -> types.add(type(bars, slowest.count(type))));
    List<Cause> causes =
        Stream.of(Cause.values())
            .filter(cause -> ledgers.stream().anyMatch(ledger -> has(ledger, cause)))
            .toList();
    boolean incomplete = causes.contains(Cause.UNEXPLAINED) && !scope.isAll();
    return new LedgerBars(causes, incomplete ? scope.limits().orElseThrow() : null, types);
  }

  private static boolean has(Ledger ledger, Cause cause) {
    return cause == Cause.UNEXPLAINED
        ? ledger.unexplained() > 0
        : ledger.parts().stream().anyMatch(part -> part.cause() == cause);
  }

  private static Type type(List<Bar> bars, long count) {
    Window longest = bars.get(0).window();
    String label = longest.label();
    String name = label.equals(longest.event()) ? "" : longest.event() + ", ";
    return new Type(label, name + "the longest stalls of " + Numbers.count(count, "event"), bars);
  }

  /** The stall in which a thread was at a time; null if it is none of these. */
  Bar stall(ThreadId thread, long at) {
    return types.stream()
        .flatMap(type -> type.bars().stream())
        .filter(bar -> bar.window().thread().equals(thread) && bar.window().overlaps(at, at + 1))
        .findFirst()
        .orElse(null);
  }

  private static Bar bar(int number, Ledger ledger, int others, long longest) {
    Window window = ledger.window();
    long length = window.duration();
    List<Piece> pieces = new ArrayList<>();
    for (Part part : ledger.parts()) {
      pieces.add(new Piece(part.cause(), part.ns(), length, Phrase.located(part)));
    }
    List<Piece> named = List.copyOf(pieces.subList(0, Math.min(NAMED, pieces.size())));
    if (ledger.unexplained() > 0) {
      String words = Cause.UNEXPLAINED.words();
      pieces.add(new Piece(Cause.UNEXPLAINED, ledger.unexplained(), length, words));
    }
    return new Bar(number, window, others, percent(length, longest), pieces, named);
  }

  /** The class that colours a cause. */
  static String style(Cause cause) {
    return "c-" + cause.key().replace('_', '-');
  }

  private static String percent(long part, long whole) {
    return String.format(Locale.ROOT, "%.3f", PERCENT * part / Math.max(1, whole));
  }
}
