package latencyscope.analysis;

import java.util.List;
import java.util.OptionalLong;
import latencyscope.analysis.top.FirstLook;
import latencyscope.analysis.top.TopCause;
import latencyscope.ledger.explain.Sorted;
import latencyscope.ledger.lost.ThreadLoss;
import latencyscope.ledger.lost.Without;

/** What the threads that matter lost, under the keys of the JSON report. */
final class LostMetrics {
  private static final String NO_OPERATIONS = "the recording holds no operations of the program";

  private LostMetrics() {}

  static Metrics of(FirstLook first) {
    Metrics tree = new Metrics();
    tree.put("incomplete", first.lost().isIncomplete());
    tree.put("threads", first.lost().threads().stream().map(LostMetrics::thread).toList());
    return tree.put("without", without(first));
  }

  private static Metrics thread(ThreadLoss loss) {
    Metrics row = new Metrics();
    row.put("thread", loss.thread().name());
    row.put("os_tid", loss.thread().osTid());
    row.put("why", loss.why().words());
    row.put("captured_ns", loss.captured());
    row.put("lost_ns", loss.lost());
    row.put("unexplained_ns", loss.unexplained());
    return row.put("parts", loss.parts().stream().map(LostMetrics::part).toList());
  }

  private static Metrics part(ThreadLoss.Part part) {
    Metrics row = new Metrics();
    row.put("kind", part.kind().key());
    row.put("ns", part.ns());
    row.put("count", part.count());
    return row.put("longest_ns", part.longest());
  }

  private static Metrics without(FirstLook first) {
    List<TopCause> removed = first.costliest();
    if (removed.isEmpty()) {
      return null;
    }
    Without without = first.without(removed);
    Metrics row = new Metrics();
    row.putTexts("causes", removed.stream().map(TopCause::title).toList());
    row.put("lost_ns", without.lost());
    row.put("remaining_ns", without.remaining());
    row.put("event", without.event());
    row.put("event_count", (long) without.with().count());
    putPercentiles(row, without.with(), "");
    putPercentiles(row, without.without(), "_without");
    return row;
  }

  private static void putPercentiles(Metrics row, Sorted lengths, String suffix) {
    for (Percentiles.P p : Percentiles.ALL) {
      OptionalLong value =
          Percentiles.ifMeasured(lengths.percentile(p.percent()), lengths.count() > 0);
      row.put(p.key() + suffix + "_ns", value, NO_OPERATIONS);
    }
    row.put(
        "max" + suffix + "_ns",
        Percentiles.ifMeasured(lengths.max(), lengths.count() > 0),
        NO_OPERATIONS);
  }
}
