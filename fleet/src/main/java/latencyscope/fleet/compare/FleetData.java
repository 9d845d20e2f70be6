package latencyscope.fleet.compare;

import java.util.List;

/**
 * What the tables say of a fleet.
 *
 * @param series measures, by host and measure, day by day
 * @param culprits who took time, by host and day
 * @param facts settings, by host and day
 * @param captures the captures, by host and day
 * @param costliest the culprits that cost the fleet most, the costliest first
 */
public record FleetData(
    List<Series> series,
    List<CulpritDay> culprits,
    List<FactDay> facts,
    List<Capture> captures,
    List<TopCulprit> costliest) {
  /**
   * What a culprit took on a host and a day.
   *
   * @param kind of the finding, such as {@code cpu_wait}
   * @param totalNs time that it took from all threads
   */
  public record CulpritDay(
      String host, String day, String module, String kind, String culprit, long totalNs) {}

  /** A setting of a host on a day. */
  public record FactDay(String host, String day, String name, String value) {}

  /**
   * A capture.
   *
   * @param lost events that were lost
   */
  public record Capture(
      String host, String day, String id, String file, long durationNs, long exitCode, long lost) {}

  /**
   * A culprit of the whole fleet.
   *
   * @param lostNs time that threads lost to it which matter
   * @param totalNs time that it took from all threads
   * @param title what it did at its worst
   * @param worstHost where that was
   * @param remedy what to do there; null if nothing is known
   */
  public record TopCulprit(
      String module,
      String kind,
      String culprit,
      long lostNs,
      long totalNs,
      long hosts,
      String title,
      String worstHost,
      String remedy) {}

  /** Copies the lists. */
  public FleetData {
    series = List.copyOf(series);
    culprits = List.copyOf(culprits);
    facts = List.copyOf(facts);
    captures = List.copyOf(captures);
    costliest = List.copyOf(costliest);
  }

  /** The hosts, in the order of their names. */
  public List<String> hosts() {
    return captures.stream().map(Capture::host).distinct().sorted().toList();
  }

  /** The days, in order. */
  public List<String> days() {
    return captures.stream().map(Capture::day).distinct().sorted().toList();
  }
}
