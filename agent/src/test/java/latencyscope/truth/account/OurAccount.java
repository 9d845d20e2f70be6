package latencyscope.truth.account;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.zip.DataFormatException;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.HdrHistogram.Histogram;

/** What a recording says, read with the JDK's own reader rather than with ours. */
public final class OurAccount {
  private final Map<Long, Map<String, Long>> counters = new HashMap<>();
  private final Map<Long, Map<String, Long>> histogramTotals = new HashMap<>();
  private final Map<Long, Map<String, Long>> histogramCounts = new HashMap<>();
  private final Map<String, List<RecordedEvent>> events = new HashMap<>();

  private OurAccount() {}

  public static OurAccount read(Path recording) throws IOException {
    OurAccount account = new OurAccount();
    for (RecordedEvent event : RecordingFile.readAllEvents(recording)) {
      account.add(event);
    }
    return account;
  }

  private void add(RecordedEvent event) {
    String type = event.getEventType().getName();
    if (type.equals("latencyscope.Counter")) {
      sum(counters, event, event.getLong("value"));
    } else if (type.equals("latencyscope.Histogram")) {
      sum(histogramTotals, event, event.getDuration("total").toNanos());
      sum(histogramCounts, event, event.getLong("count"));
    }
    events.computeIfAbsent(type, name -> new ArrayList<>()).add(event);
  }

  private static void sum(Map<Long, Map<String, Long>> sums, RecordedEvent event, long value) {
    sums.computeIfAbsent(event.getLong("osThreadId"), id -> new HashMap<>())
        .merge(event.getString("measure"), value, Long::sum);
  }

  /** A counter of a thread over the whole recording; 0 if it never rose. */
  public long counter(long osThreadId, String measure) {
    return counters.getOrDefault(osThreadId, Map.of()).getOrDefault(measure, 0L);
  }

  /** How often a measure with a distribution occurred to a thread over the whole recording. */
  public long occurrences(long osThreadId, String measure) {
    return histogramCounts.getOrDefault(osThreadId, Map.of()).getOrDefault(measure, 0L);
  }

  /** A counter of something that is no thread, over the whole recording. */
  public long subjectCounter(String kind, long id, String measure) {
    return sum(kind, measure, event -> event.getLong("subjectId") == id);
  }

  /** A counter of the only thing of its kind. */
  public long subjectCounter(String kind, String measure) {
    return sum(kind, measure, event -> true);
  }

  private long sum(String kind, String measure, Predicate<RecordedEvent> which) {
    return events("Counter").stream()
        .filter(event -> kind.equals(event.getString("subject")))
        .filter(event -> event.getString("measure").equals(measure))
        .filter(which)
        .mapToLong(event -> event.getLong("value"))
        .sum();
  }

  /** Sum of all migrations of a thread, whatever their cause. */
  public long migrations(long osThreadId) {
    return counters.getOrDefault(osThreadId, Map.of()).entrySet().stream()
        .filter(entry -> entry.getKey().startsWith("migrations_"))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /** Nanoseconds that a thread waited while runnable, both kinds together. */
  long waitedNs(long osThreadId) {
    return sumOfWaits(histogramTotals.getOrDefault(osThreadId, Map.of()));
  }

  /** How often a thread waited while runnable, both kinds together. */
  public long waits(long osThreadId) {
    return sumOfWaits(histogramCounts.getOrDefault(osThreadId, Map.of()));
  }

  /** Lengths of a measure's occurrences to a thread over the whole recording, in nanoseconds. */
  public Histogram distribution(long osThreadId, String measure) throws DataFormatException {
    Histogram sum = new Histogram(3);
    for (RecordedEvent event : events("Histogram", osThreadId)) {
      if (event.getString("measure").equals(measure)) {
        sum.add(distribution(event));
      }
    }
    return sum;
  }

  /** Lengths that one event tells of, in nanoseconds. */
  public static Histogram distribution(RecordedEvent event) throws DataFormatException {
    byte[] bytes = Base64.getDecoder().decode(event.getString("distribution"));
    return Histogram.decodeFromCompressedByteBuffer(ByteBuffer.wrap(bytes), 0);
  }

  /**
   * Where an instant of {@code System.nanoTime} lies in the recorder's time: by the pair of both
   * clocks that was taken next to it, for in the seconds to a later one they drift apart.
   */
  public Instant instant(long monotonicNs) {
    RecordedEvent nearest =
        events("ClockSync").stream()
            .min(
                Comparator.comparingLong(sync -> Math.abs(sync.getLong("monotonic") - monotonicNs)))
            .orElseThrow(() -> new AssertionError("no pair of clocks in the recording"));
    return nearest.getInstant("recorderTime").plusNanos(monotonicNs - nearest.getLong("monotonic"));
  }

  /** Events of one of our types. */
  public List<RecordedEvent> events(String type) {
    return eventsOf("latencyscope." + type);
  }

  /** Events of a type by its full name. */
  public List<RecordedEvent> eventsOf(String type) {
    return events.getOrDefault(type, List.of());
  }

  /** Events of one of our types that happened to a thread. */
  public List<RecordedEvent> events(String type, long osThreadId) {
    return events(type).stream()
        .filter(event -> event.getLong("osThreadId") == osThreadId)
        .toList();
  }

  /** Why something was not captured, each reason once. */
  public List<String> reasons() {
    return events("ProbeStatus").stream()
        .map(event -> event.getString("reason"))
        .filter(Objects::nonNull)
        .distinct()
        .toList();
  }

  /** Records of any type that were lost, by the recording's own account. */
  public long lost() {
    return events("RecordsLost").stream().mapToLong(event -> event.getLong("count")).sum();
  }

  /** Events of one of our types that were lost, by the recording's own account. */
  public long lost(String type) {
    return events("RecordsLost").stream()
        .filter(event -> ("latencyscope." + type).equals(event.getString("type")))
        .mapToLong(event -> event.getLong("count"))
        .sum();
  }

  private static long sumOfWaits(Map<String, Long> values) {
    return values.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith("runqueue_"))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }
}
