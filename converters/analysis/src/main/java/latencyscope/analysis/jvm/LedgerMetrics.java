package latencyscope.analysis.jvm;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import latencyscope.analysis.Instants;
import latencyscope.analysis.Metrics;
import latencyscope.analysis.Percentiles;
import latencyscope.ledger.Ledger;
import latencyscope.ledger.Part;
import latencyscope.ledger.Unexplained;
import latencyscope.ledger.explain.Carriers;
import latencyscope.ledger.explain.Circumstances;
import latencyscope.ledger.explain.Counterfactual;
import latencyscope.ledger.explain.Explained;
import latencyscope.ledger.explain.Explanation;
import latencyscope.ledger.explain.ProcessPath;
import latencyscope.ledger.explain.Sorted;
import latencyscope.ledger.explain.WakeLink;
import latencyscope.proc.Role;
import latencyscope.recording.thread.ThreadId;

/** Ledgers under the keys of JSON. */
public final class LedgerMetrics {
  private static final String UNBOUNDED = "no switch was long enough for an event";
  private static final String ASSUMPTION =
      "the cause's time is taken out of each window and nothing else changes";

  private LedgerMetrics() {}

  /** Where a window's time went. */
  static Metrics of(Ledger ledger) {
    Metrics row = new Metrics();
    row.put("event", ledger.window().event());
    row.put("label", ledger.window().label());
    putThread(row, ledger.window().thread());
    row.put("start", Instants.iso(ledger.window().start()));
    row.put("duration_ns", ledger.window().duration());
    row.put("parts", ledger.parts().stream().map(LedgerMetrics::part).toList());
    return row.put("unexplained_ns", ledger.unexplained());
  }

  static void putThread(Metrics row, ThreadId thread) {
    row.put("thread", thread.name());
    row.put("os_tid", thread.osTid());
    row.put("role", Role.of(thread.name()).words());
  }

  private static Metrics part(Part part) {
    Metrics row = new Metrics();
    row.put("cause", part.cause().key());
    row.put("culprit", part.culprit());
    row.put("within", part.within());
    row.put("detail", part.detail());
    row.put("cpu", part.cpu() < 0 ? null : (Long) (long) part.cpu());
    row.put("ns", part.ns());
    row.put("longest_ns", part.longest());
    row.put("count", (long) part.stretches());
    return row.putTexts("stack", part.stack().frames());
  }

  private static Metrics of(Explained explained) {
    Metrics row = of(explained.ledger());
    Circumstances around = explained.circumstances();
    row.put("fields", values(around.fields()));
    List<Metrics> context = new ArrayList<>();
    around
        .context()
        .forEach((event, fields) ->
            context.add(new Metrics().put("event", event).put("fields", values(fields))));
    row.put("context", context);
    row.putTexts("stack", around.frames());
    row.put("others_in_stall", (long) explained.othersInStall());
    row.put(
        "hidden_up_to_ns",
        Percentiles.ifMeasured(explained.hidden(), explained.hidden() >= 0),
        UNBOUNDED);
    row.put("unexplained", explained.unexplained().stream().map(LedgerMetrics::why).toList());
    Carriers carriers = explained.carriers();
    if (carriers != null) {
      boolean known = !carriers.names().isEmpty();
      row.put("carrier", known ? String.join(", ", carriers.names()) : null, Carriers.WHY_NOT);
      row.put(
          "carrier_known_ns", Percentiles.ifMeasured(carriers.knownNs(), known), Carriers.WHY_NOT);
    }
    row.put("chain", explained.chain().stream().map(LedgerMetrics::link).toList());
    if (explained.path() != null) {
      row.put("path", explained.path().steps().stream().map(LedgerMetrics::step).toList());
      row.put("path_ends", explained.path().end());
    }
    return row;
  }

  private static Metrics step(ProcessPath.Step step) {
    Metrics row = new Metrics();
    row.put("recording", step.recording());
    row.put("waited", step.waited());
    row.put(
        "clock_error_ns",
        Percentiles.ifMeasured(step.clockErrorNs(), step.clockErrorNs() >= 0),
        "one of the recordings does not compare its clocks");
    return row.put("did", of(step.did()));
  }

  private static Metrics values(Map<String, Object> fields) {
    Metrics row = new Metrics();
    fields.forEach((field, value) -> row.put(field, String.valueOf(value)));
    return row;
  }

  private static Metrics why(Unexplained unexplained) {
    return new Metrics().put("reason", unexplained.reason()).put("ns", unexplained.ns());
  }

  private static Metrics link(WakeLink link) {
    Metrics row = new Metrics();
    putThread(row, link.thread());
    row.put("woken_by", link.waker());
    row.put("at", Instants.iso(link.at()));
    row.put("blocked_ns", link.blocked());
    return row.put("waited_ns", link.waited());
  }

  /** An explanation as a whole. */
  public static Metrics of(Explanation explanation) {
    Metrics tree = new Metrics();
    tree.put("event", explanation.event());
    tree.put("window_count", (long) explanation.lengths().count());
    putPercentiles(tree, explanation.lengths(), "");
    tree.put("windows", explanation.slowest().stream().map(LedgerMetrics::of).toList());
    Metrics all = new Metrics();
    all.put("windows", (long) explanation.explained());
    all.put("parts", explanation.sums().stream().map(LedgerMetrics::part).toList());
    all.put("unexplained_ns", explanation.unexplained());
    tree.put("all", all);
    List<Metrics> without = new ArrayList<>();
    for (Counterfactual one : explanation.counterfactuals()) {
      without.add(counterfactual(one, explanation.lengths()));
    }
    tree.put("counterfactual", without);
    List<Metrics> notes = new ArrayList<>();
    explanation.notes().forEach(note -> notes.add(new Metrics().put("text", note)));
    return tree.put("notes", notes);
  }

  private static Metrics counterfactual(Counterfactual one, Sorted with) {
    Metrics row = new Metrics();
    row.put("cause", one.cause().key());
    row.put("culprit", one.culprit());
    row.put("cpu", one.cpu() < 0 ? null : (Long) (long) one.cpu());
    row.put("total_ns", one.total());
    row.put("windows", (long) one.windows());
    putPercentiles(row, with, "");
    putPercentiles(row, one.without(), "_without");
    return row.put("assumption", ASSUMPTION);
  }

  private static void putPercentiles(Metrics row, Sorted lengths, String suffix) {
    for (Percentiles.P p : Percentiles.ALL) {
      boolean known = lengths.count() > 0;
      OptionalLong value = Percentiles.ifMeasured(lengths.percentile(p.percent()), known);
      row.put(p.key() + suffix + "_ns", value, Percentiles.NO_OCCURRENCE);
    }
    row.put(
        "max" + suffix + "_ns",
        Percentiles.ifMeasured(lengths.max(), lengths.count() > 0),
        Percentiles.NO_OCCURRENCE);
  }
}
