package latencyscope.fleet.metrics;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import jdk.jfr.consumer.RecordedEvent;
import latencyscope.jfr.schema.EventDescription;
import latencyscope.jfr.schema.EventFields;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.recording.Recording;
import latencyscope.recording.event.Distribution;
import latencyscope.recording.event.HistogramSlice;
import latencyscope.recording.event.Subject;
import latencyscope.recording.fact.Loss;
import latencyscope.recording.thread.ThreadId;

/**
 * All that has been counted since the beginning. Threads and devices whose names differ by numbers
 * are one, and their number is bounded. Safe for use by several threads.
 */
public final class Totals {
  private static final Pattern NUMBERS = Pattern.compile("[0-9]+");
  private static final int MOST_SERIES = 2_000;
  private static final String THREAD = "thread";

  private final Map<Series, Distribution> distributions = new HashMap<>();
  private final Map<Series, Long> counts = new HashMap<>();
  private final Map<String, Long> capturedNs = new HashMap<>();
  private long recordsLost;

  /** Without a count. */
  public Totals() {}

  /** What a recording has. */
  public static Totals of(Recording recording) {
    Totals totals = new Totals();
    Set<String> modules = new TreeSet<>(recording.captured().keySet());
    modules.addAll(recording.capture().modules());
    for (String module : modules) {
      totals.captured(module, recording.capturedNs(module));
      recording
          .distributions(module)
          .forEach((measure, threads) ->
              threads.forEach((thread, of) ->
                  totals.add(series(module, measure, recording.latest(thread)), of)));
      recording
          .subjectDistributions(module)
          .forEach((measure, subjects) ->
              subjects.forEach((subject, of) -> totals.add(series(module, measure, subject), of)));
      recording
          .counters(module)
          .byMeasure()
          .forEach((measure, threads) ->
              threads.forEach((thread, value) ->
                  totals.add(series(module, measure, recording.latest(thread)), value)));
      recording
          .subjectCounts(module)
          .forEach((measure, subjects) ->
              subjects.forEach(
                  (subject, value) -> totals.add(series(module, measure, subject), value)));
    }
    totals.recordsLost = recording.losses().stream().mapToLong(Loss::count).sum();
    return totals;
  }

  private static Series series(String module, String measure, ThreadId thread) {
    return new Series(module, measure, THREAD, group(thread.name()));
  }

  private static Series series(String module, String measure, Subject subject) {
    return new Series(module, measure, subject.kind(), group(subject.name()));
  }

  private static String group(String name) {
    return name == null ? null : NUMBERS.matcher(name).replaceAll("#");
  }

  /** Takes an event of a stream. */
  public void add(RecordedEvent event) {
    String type = event.getEventType().getName();
    if (!type.startsWith(EventDescription.PREFIX)) {
      return;
    }
    switch (type.substring(EventDescription.PREFIX.length())) {
      case EventTypes.HISTOGRAM -> addHistogram(event);
      case EventTypes.COUNTER -> add(series(event), event.getLong(EventFields.VALUE_NUMBER.name()));
      case EventTypes.RECORDS_LOST -> addLost(event.getLong(EventFields.COUNT.name()));
      default -> {
        // A single event, which the kernel has counted.
      }
    }
  }

  private void addHistogram(RecordedEvent event) {
    HistogramSlice slice =
        new HistogramSlice(
            event.getLong(EventFields.COUNT.name()),
            event.getLong(EventFields.TOTAL.name()),
            event.getLong(EventFields.MAX.name()),
            event.getLong(EventFields.UNBINNED.name()),
            event.getString(EventFields.DISTRIBUTION.name()));
    try {
      add(series(event), Distribution.of(slice));
    } catch (IllegalArgumentException e) {
      add(series(event), Distribution.withoutBins(slice));
    }
  }

  private static Series series(RecordedEvent event) {
    String kind = event.getString(EventFields.SUBJECT.name());
    String name =
        event.getString(kind == null ? EventFields.THREAD.name() : EventFields.SUBJECT_NAME.name());
    return new Series(
        event.getString(EventFields.MODULE.name()),
        event.getString(EventFields.MEASURE.name()),
        kind == null ? THREAD : kind,
        group(name));
  }

  private synchronized void add(Series series, Distribution distribution) {
    distributions.merge(bounded(series), distribution, Distribution::plus);
  }

  private synchronized void add(Series series, long value) {
    counts.merge(bounded(series), value, Long::sum);
  }

  private synchronized void addLost(long records) {
    recordsLost += records;
  }

  private Series bounded(Series series) {
    boolean known = distributions.containsKey(series) || counts.containsKey(series);
    return known || distributions.size() + counts.size() < MOST_SERIES ? series : series.ofOthers();
  }

  /** Says how long all modules that have counted anything have done so. */
  synchronized void capturedUntil(long ns) {
    distributions.keySet().forEach(series -> capturedNs.put(series.module(), ns));
    counts.keySet().forEach(series -> capturedNs.put(series.module(), ns));
  }

  private synchronized void captured(String module, long ns) {
    capturedNs.put(module, ns);
  }

  /** Distributions as they are now. */
  synchronized Map<Series, Distribution> distributions() {
    return Map.copyOf(distributions);
  }

  /** Counts as they are now. */
  synchronized Map<Series, Long> counts() {
    return Map.copyOf(counts);
  }

  synchronized Map<String, Long> captured() {
    return Map.copyOf(capturedNs);
  }

  synchronized long recordsLost() {
    return recordsLost;
  }
}
