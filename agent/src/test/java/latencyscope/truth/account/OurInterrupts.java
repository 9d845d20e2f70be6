package latencyscope.truth.account;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;

/** What the irq module counted between two dumps of one recording. */
public final class OurInterrupts {
  /** Rows of {@code /proc/interrupts} for the names of local vectors. */
  private static final Map<String, String> LOCAL_ROWS =
      Map.of(
          "local-timer", "LOC",
          "reschedule", "RES",
          "call-function", "CAL",
          "call-function-single", "CAL",
          "irq-work", "IWI",
          "thermal", "TRM",
          "threshold", "THR",
          "deferred-error", "DFR",
          "spurious", "SPU",
          "platform-ipi", "PLT");

  /** What is counted by row of the kernel's tables and CPU. */
  record Place(String row, int cpu) {}

  private final Map<Place, Long> counts = new HashMap<>();
  private final Map<Place, Long> netNs = new HashMap<>();
  private final Map<Long, Map<String, Long>> threadCounts = new HashMap<>();
  private final Map<Long, Map<String, Long>> threadNs = new HashMap<>();
  private final OurAccount begin;
  private final OurAccount end;

  private OurInterrupts(OurAccount begin, OurAccount end) {
    this.begin = begin;
    this.end = end;
    add(begin, -1);
    add(end, 1);
  }

  public static OurInterrupts between(Path begin, Path end) throws IOException {
    return new OurInterrupts(OurAccount.read(begin), OurAccount.read(end));
  }

  private void add(OurAccount account, int sign) {
    for (RecordedEvent event : account.events("Histogram")) {
      if (event.getString("module").equals("irq")) {
        add(event, sign);
      }
    }
    for (RecordedEvent event : account.events("Counter")) {
      if (event.getString("measure").equals("handlers_further")) {
        counts.merge(place(event), -sign * event.getLong("value"), Long::sum);
      }
    }
  }

  private void add(RecordedEvent event, int sign) {
    long count = sign * event.getLong("count");
    long total = sign * event.getDuration("total").toNanos();
    if (event.getString("subject") == null) {
      long thread = event.getLong("osThreadId");
      String measure = event.getString("measure");
      threadCounts.computeIfAbsent(thread, t -> new HashMap<>()).merge(measure, count, Long::sum);
      threadNs.computeIfAbsent(thread, t -> new HashMap<>()).merge(measure, total, Long::sum);
    } else {
      counts.merge(place(event), count, Long::sum);
      netNs.merge(place(event), total, Long::sum);
    }
  }

  private static Place place(RecordedEvent event) {
    String row =
        switch (event.getString("subject")) {
          case "line" -> String.valueOf(event.getLong("subjectId"));
          case "local" -> LOCAL_ROWS.get(event.getString("subjectName"));
          default -> event.getString("subjectName");
        };
    return new Place(row, event.getInt("cpu"));
  }

  public Set<String> rows() {
    Set<String> rows = new TreeSet<>();
    counts.keySet().forEach(place -> rows.add(place.row));
    return rows;
  }

  /** How often, by row and CPU. */
  public long count(String row, int cpu) {
    return counts.getOrDefault(new Place(row, cpu), 0L);
  }

  /** Net time of all that happened on a CPU. */
  long netNs(int cpu) {
    return netNs.entrySet().stream()
        .filter(entry -> entry.getKey().cpu == cpu)
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /** Net time of one row on all CPUs. */
  long netNs(String row) {
    return netNs.entrySet().stream()
        .filter(entry -> entry.getKey().row.equals(row))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  public long count(String row) {
    return counts.entrySet().stream()
        .filter(entry -> entry.getKey().row.equals(row))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /** How often a thread had something of a measure. */
  public long ofThread(long thread, String measure) {
    return threadCounts.getOrDefault(thread, Map.of()).getOrDefault(measure, 0L);
  }

  /** What was stolen from a thread in all. */
  long stolenNs(long thread) {
    return threadNs.getOrDefault(thread, Map.of()).entrySet().stream()
        .filter(entry -> entry.getKey().startsWith("stolen_"))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /** How often something was stolen from a thread. */
  public long stolen(long thread) {
    return threadCounts.getOrDefault(thread, Map.of()).entrySet().stream()
        .filter(entry -> entry.getKey().startsWith("stolen_"))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /** Events of one type in the window on a thread. */
  public List<RecordedEvent> events(String type, long thread) {
    return end.events(type).stream()
        .skip(begin.events(type).size())
        .filter(event -> event.getLong("osThreadId") == thread)
        .toList();
  }

  /** Events of all types in the window on a thread. */
  public List<RecordedEvent> events(long thread) {
    return Stream.of("HardIrq", "SoftIrq", "LocalInterrupt")
        .flatMap(type -> events(type, thread).stream())
        .toList();
  }

  /** The whole account up to the end of the window. */
  public OurAccount account() {
    return end;
  }
}
