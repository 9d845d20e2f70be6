package latencyscope.analysis.jvm;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import latencyscope.analysis.Instants;
import latencyscope.analysis.Metrics;
import latencyscope.analysis.Percentiles;
import latencyscope.analysis.evidence.Question;
import latencyscope.ledger.autopsy.Autopsy;
import latencyscope.ledger.autopsy.PauseAutopsy;
import latencyscope.ledger.autopsy.SafepointAutopsy;
import latencyscope.ledger.safepoint.Safepoint;

/** The JVM's values under the keys of the JSON report. */
final class JvmMetrics {
  private static final String NONE = "no pause of this kind is in the recording";

  /** So many of the worst are listed. */
  private static final int LISTED = 20;

  private static final String NO_COLLECTION = "jdk.GarbageCollection is not in the recording";

  private JvmMetrics() {}

  static Metrics of(
      Autopsy autopsy,
      List<PauseAutopsy> pauses,
      List<SafepointAutopsy> safepoints,
      List<Metrics> noise,
      JvmEvidence evidence) {
    List<Safepoint> all = autopsy.safepoints().all();
    Metrics tree = new Metrics();
    tree.put("gc_pause_count", ifAny(autopsy.pauses(), autopsy.pauses()), NONE);
    tree.put("gc_pause_total_ns", ifAny(autopsy.pausedNs(), autopsy.pauses()), NONE);
    tree.putGate(
        "gc_pause_max_ns", pauses.stream().mapToLong(one -> one.pause().duration()).max(), NONE);
    tree.put(
        "safepoint_count", ifAny(all.size() + autopsy.safepoints().leftOut(), all.size()), NONE);
    tree.putGate(
        "time_to_safepoint_max_ns", all.stream().mapToLong(Safepoint::timeToSafepoint).max(), NONE);
    tree.put(
        "time_to_safepoint_total_ns",
        ifAny(all.stream().mapToLong(Safepoint::timeToSafepoint).sum(), all.size()),
        NONE);
    tree.put(
        "gc_pauses",
        pauses.stream()
            .limit(LISTED)
            .map(one -> pause(one, evidence.whyNot(Question.GC_WORKERS, one.pause().start())))
            .toList());
    tree.put(
        "safepoints",
        safepoints.stream()
            .limit(LISTED)
            .map(one ->
                safepoint(one, evidence.whyNot(Question.SAFEPOINTS, one.safepoint().start())))
            .toList());
    return tree.put("own_noise", noise);
  }

  private static OptionalLong ifAny(long value, long count) {
    return Percentiles.ifMeasured(value, count > 0);
  }

  private static Metrics pause(PauseAutopsy autopsy, Optional<String> whyNot) {
    Metrics row = new Metrics();
    row.put("gc_id", autopsy.pause().gcId());
    row.put("name", autopsy.pause().name());
    row.put("collector", autopsy.pause().collector(), NO_COLLECTION);
    row.put("cause", autopsy.pause().cause(), NO_COLLECTION);
    row.put("start", Instants.iso(autopsy.pause().start()));
    row.put("duration_ns", autopsy.pause().duration());
    row.put("text", autopsy.describe(whyNot));
    String starved = autopsy.starved().map(worst -> worst.window().thread().name()).orElse(null);
    Long stolen = autopsy.starved().map(worst -> (Long) worst.stolen()).orElse(null);
    if (starved == null && whyNot.isPresent()) {
      row.put("starved", starved, whyNot.get());
      row.put("stolen_ns", OptionalLong.empty(), whyNot.get());
    } else {
      row.put("starved", starved);
      row.put("stolen_ns", stolen);
    }
    return row.put("workers", autopsy.workers().stream().map(LedgerMetrics::of).toList());
  }

  private static Metrics safepoint(SafepointAutopsy autopsy, Optional<String> whyNot) {
    Safepoint safepoint = autopsy.safepoint();
    Metrics row = new Metrics();
    row.put("id", safepoint.id());
    row.put("operation", safepoint.operation());
    row.put("start", Instants.iso(safepoint.start()));
    row.put("time_to_safepoint_ns", safepoint.timeToSafepoint());
    OptionalLong duration = Percentiles.ifMeasured(safepoint.duration(), safepoint.ended());
    row.put("duration_ns", duration, "its end is not recorded");
    row.put("running_threads", safepoint.running() < 0 ? null : (Long) (long) safepoint.running());
    row.put("text", autopsy.describe(whyNot));
    row.put("late", autopsy.late().isPresent());
    row.put("arrivals", autopsy.arrivals().stream().map(a -> arrival(a, safepoint)).toList());
    return row.put(
        "vm_thread", autopsy.vmThread() == null ? null : LedgerMetrics.of(autopsy.vmThread()));
  }

  private static Metrics arrival(SafepointAutopsy.Arrival arrival, Safepoint safepoint) {
    Metrics row = LedgerMetrics.of(arrival.ledger());
    row.put("code", arrival.code());
    row.put("sampled_before_ns", arrival.code() == null ? null : (Long) arrival.sampledBefore());
    return row.put("arrived_after_ns", arrival.at() - safepoint.start());
  }
}
