package latencyscope.contract.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import latencyscope.analysis.Culprits;
import latencyscope.analysis.evidence.Evidence;
import latencyscope.contract.Bound;
import latencyscope.contract.Contract.Glob;
import latencyscope.contract.Measure;
import latencyscope.ledger.safepoint.Safepoint;
import latencyscope.recording.Nanos;
import latencyscope.recording.Recording;
import latencyscope.recording.event.Distribution;
import latencyscope.recording.thread.ThreadId;

/** What a recording says of the measures of a contract. */
final class Facts {
  private static final String SOCKET = "socket";
  private static final int KERNEL_NAME = 15;
  private static final long JFR_THRESHOLD_NS = 10_000_000;

  private final Recording recording;
  private final Noise noise;
  private final ThreadSettings settings;
  private final Evidence evidence;

  Facts(Recording recording, Noise noise, ThreadSettings settings) {
    this.recording = recording;
    this.noise = noise;
    this.settings = settings;
    evidence = Evidence.of(recording);
  }

  /** Threads of the target whose names fit, in the order of their ids; not the profiler's own. */
  List<ThreadId> threads(Glob names) {
    TreeMap<Long, ThreadId> found = new TreeMap<>();
    for (ThreadId thread : recording.threads()) {
      ThreadId latest = recording.latest(thread);
      if (latest.osTid() > 0 && names.matches(latest.name()) && !Culprits.isOwn(latest.name())) {
        found.put(latest.osTid(), latest);
      }
    }
    Set<Long> known = Set.copyOf(recording.threads().stream().map(ThreadId::osTid).toList());
    settings
        .all()
        .forEach((tid, setting) -> {
          // A thread that nothing ever disturbed has no event; the kernel cuts its name.
          boolean fits = names.matches(setting.name()) || isCut(names.text(), setting.name());
          if (!known.contains(tid) && fits && !Culprits.isOwn(setting.name())) {
            found.put(tid, new ThreadId(tid, setting.name(), 0));
          }
        });
    List<ThreadId> threads = new ArrayList<>(found.values());
    threads.sort(Comparator.comparingLong(ThreadId::osTid));
    return threads;
  }

  private static boolean isCut(String pattern, String name) {
    return name.length() == KERNEL_NAME && pattern.startsWith(name);
  }

  /** What happened to a thread. */
  Occurrences of(ThreadId thread, Measure measure) {
    if (measure == Measure.TIME_TO_SAFEPOINT) {
      LengthCounter all = new LengthCounter();
      noise.safepoints(recording).forEach(safepoint -> all.add(safepoint.timeToSafepoint()));
      return new Occurrences(all.count(), all.distribution());
    }
    if (measure == Measure.DROPS) {
      long drops =
          recording.subjectCounts(measure.module(), "drops").entrySet().stream()
              .filter(entry -> entry.getKey().kind().equals(SOCKET))
              .mapToLong(entry -> entry.getValue())
              .sum();
      return new Occurrences(drops, Distribution.EMPTY);
    }
    Distribution lengths = Distribution.EMPTY;
    for (String name : measure.distributions()) {
      lengths =
          lengths.plus(
              recording
                  .distributions(measure.module(), name)
                  .getOrDefault(thread, Distribution.EMPTY));
    }
    if (measure.counters().isEmpty()) {
      return new Occurrences(lengths.count(), lengths);
    }
    long count = 0;
    for (String counter : measure.counters()) {
      count += recording.counters(measure.module()).of(thread, counter).orElse(0);
    }
    return new Occurrences(count, lengths);
  }

  /** Why it may not be said that a bound was kept; empty if it may. */
  Optional<String> whyNot(Measure measure, Bound bound) {
    if (measure == Measure.TIME_TO_SAFEPOINT) {
      return whyNoSafepoints(bound);
    }
    if (measure.needs().isEmpty()) {
      throw new IllegalStateException(measure + " rests on nothing");
    }
    return evidence.whyNot(measure.needs());
  }

  // JFR's own profiles leave safepoints below 10 ms out: with those alone, a longest one is right,
  // and numbers of them are not.
  private Optional<String> whyNoSafepoints(Bound bound) {
    List<Safepoint> all = noise.safepoints(recording);
    if (all.isEmpty()) {
      return Optional.of(
          "the recording holds no safepoint, so jdk.SafepointBegin may have been off");
    }
    long shortest = all.stream().mapToLong(Safepoint::timeToSafepoint).min().orElse(0);
    return shortest >= JFR_THRESHOLD_NS && !(bound instanceof Bound.Longest)
        ? Optional.of(
            "no recorded time to safepoint is below "
                + Nanos.words(JFR_THRESHOLD_NS)
                + ", so a threshold of jdk.SafepointBegin may hide shorter ones")
        : Optional.empty();
  }

  /** Time in which a measure was counted, nanoseconds. */
  long capturedNs(Measure measure) {
    return measure == Measure.TIME_TO_SAFEPOINT
        ? recording.capture().duration()
        : recording.capturedNs(measure.module());
  }

  /** What was measured in the unit of a bound; NaN if that is nothing. */
  static double amount(Bound bound, Occurrences seen, long ns) {
    double seconds = ns / 1e9;
    if (bound instanceof Bound.Longest) {
      return seen.lengths().max();
    } else if (bound instanceof Bound.Percentile percentile) {
      return seen.percentile(percentile.percent()).orElse(0);
    } else if (ns > 0 && bound instanceof Bound.Share) {
      return seen.lengths().total() / seconds;
    } else if (ns > 0 && bound instanceof Bound.Rate) {
      return seen.count() / seconds;
    }
    return bound instanceof Bound.Most ? seen.count() : Double.NaN;
  }

  /** What was measured, in a few words. */
  static String words(Measure measure, Bound bound, Occurrences seen, long ns) {
    if (bound instanceof Bound.Longest) {
      return seen.lengths().count() == 0 ? "none" : Nanos.words(seen.lengths().max());
    } else if (bound instanceof Bound.Percentile percentile) {
      return seen.percentile(percentile.percent()).isEmpty()
          ? "none"
          : Nanos.words(seen.percentile(percentile.percent()).getAsLong());
    } else if (bound instanceof Bound.Share) {
      return Nanos.words(ns == 0 ? 0 : Math.round(seen.lengths().total() * 1e9 / ns)) + "/s";
    } else if (bound instanceof Bound.Rate) {
      return String.format(Locale.ROOT, "%.3g/s", ns == 0 ? 0 : seen.count() * 1e9 / ns);
    }
    return Long.toString(seen.count());
  }
}
