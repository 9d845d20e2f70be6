package latencyscope.html;

import java.time.ZoneId;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import latencyscope.analysis.number.Numbers;
import latencyscope.ledger.Cause;
import latencyscope.ledger.Ledger;
import latencyscope.ledger.Part;
import latencyscope.ledger.Phrase;
import latencyscope.ledger.Window;
import latencyscope.recording.fact.CaptureInfo;
import latencyscope.recording.fact.Scope;

/**
 * Draws where the time of single events went: a bar for each, as long as the event was, divided
 * into its causes. Plain markup, without a script.
 */
final class LedgerBars {
  private static final int NAMED = 4;
  private static final double PERCENT = 100;

  private final List<Ledger> ledgers;
  private final SlowestEvents slowest;
  private final long begin;
  private final ZoneId zone;
  private final StringBuilder markup = new StringBuilder();
  private final Set<Cause> causes = new LinkedHashSet<>();

  private LedgerBars(List<Ledger> ledgers, SlowestEvents slowest, long begin, ZoneId zone) {
    this.ledgers = ledgers;
    this.slowest = slowest;
    this.begin = begin;
    this.zone = zone;
  }

  /** The section; empty if there is nothing to explain. */
  static String of(
      List<Ledger> ledgers, SlowestEvents slowest, CaptureInfo capture, long begin, ZoneId zone) {
    return ledgers.isEmpty()
        ? ""
        : new LedgerBars(ledgers, slowest, begin, zone).section(Scope.of(capture));
  }

  private String section(Scope scope) {
    String type = null;
    long longest = 0;
    for (Ledger ledger : ledgers) {
      Window window = ledger.window();
      if (!window.event().equals(type)) {
        type = window.event();
        longest = window.duration();
        markup
            .append("<h3>")
            .append(Markup.escape(window.label()))
            .append(" <span class=\"hint\">");
        markup.append(window.label().equals(type) ? "" : Markup.escape(type) + ", ");
        markup.append("the longest of ");
        markup.append(Numbers.count(slowest.count(type))).append("</span></h3>\n");
      }
      bar(ledger, longest);
    }
    return "<section id=\"slowest\"><h2>Where the time of the slowest went</h2>\n"
        + legend()
        + limits(scope)
        + markup
        + "</section>\n";
  }

  private String limits(Scope scope) {
    boolean unexplained = ledgers.stream().anyMatch(ledger -> ledger.unexplained() > 0);
    return unexplained && !scope.isAll()
        ? "<p class=\"hint\">What is unexplained may have passed outside of the capture: "
            + Markup.escape(scope.limits().orElseThrow())
            + ".</p>\n"
        : "";
  }

  private String legend() {
    StringBuilder legend = new StringBuilder("<p class=\"legend\">");
    for (Cause cause : Cause.values()) {
      if (causes.contains(cause)) {
        legend.append("<span><i class=\"").append(style(cause)).append("\"></i>");
        legend.append(cause.words()).append("</span>");
      }
    }
    return legend.append("</p>\n").toString();
  }

  private static String style(Cause cause) {
    return "c-" + cause.key().replace('_', '-');
  }

  private void bar(Ledger ledger, long longest) {
    Window window = ledger.window();
    markup
        .append("<div class=\"ledger\" data-window=\"")
        .append(window.duration())
        .append("\"><div class=\"ledger-head\"><b>")
        .append(Numbers.time(window.duration()))
        .append("</b> ")
        .append(Markup.escape(window.thread().name()))
        .append(" <a href=\"#timeline\" data-at=\"")
        .append(window.start() - begin)
        .append("\" data-length=\"")
        .append(window.duration())
        .append("\">@ ")
        .append(Markup.escape(Numbers.clock(window.start(), zone)))
        .append("</a></div>\n<div class=\"bar\" style=\"width:")
        .append(percent(window.duration(), longest))
        .append("%\">");
    for (Part part : ledger.parts()) {
      piece(part.cause(), part.ns(), window.duration(), Phrase.of(part));
    }
    if (ledger.unexplained() > 0) {
      piece(Cause.UNEXPLAINED, ledger.unexplained(), window.duration(), Cause.UNEXPLAINED.words());
    }
    markup.append("</div>\n<div class=\"ledger-parts\">");
    ledger.parts().stream().limit(NAMED).forEach(part -> named(part, window.duration()));
    markup.append("</div></div>\n");
  }

  private void piece(Cause cause, long ns, long window, String words) {
    causes.add(cause);
    String text = Numbers.time(ns) + " " + words;
    markup
        .append("<span class=\"")
        .append(style(cause))
        .append("\" data-ns=\"")
        .append(ns)
        .append("\" style=\"width:")
        .append(percent(ns, window))
        .append("%\" title=\"")
        .append(Markup.escape(text))
        .append("\"></span>");
  }

  private void named(Part part, long window) {
    markup
        .append("<span><i class=\"")
        .append(style(part.cause()))
        .append("\"></i>")
        .append(Numbers.time(part.ns()))
        .append(String.format(Locale.ROOT, " (%.1f %%) ", PERCENT * part.ns() / window))
        .append(Markup.escape(Phrase.of(part)))
        .append("</span>");
  }

  private static String percent(long part, long whole) {
    return String.format(Locale.ROOT, "%.3f", PERCENT * part / Math.max(1, whole));
  }
}
