package latencyscope.fleet.metrics;

/** What is sent. There are few names: modules and measures are attributes. */
public enum Metric {
  /** Distributions. */
  LATENCY("latencyscope.latency", "s", "How long it took, by every occurrence"),
  /** Occurrences that have no bucket. */
  UNBINNED("latencyscope.unbinned", "{occurrence}", "Occurrences that are in no bucket"),
  /** Counters of occurrences. */
  OCCURRENCES("latencyscope.occurrences", "{occurrence}", "Exact counts"),
  /** Counters of nanoseconds. */
  TIME("latencyscope.time", "s", "Exact sums of time"),
  /** Counters of bytes. */
  SIZE("latencyscope.size", "By", "Exact sums of bytes"),
  /** What a rate is to be divided by. */
  CAPTURED("latencyscope.captured.time", "s", "Time in which a module counted"),
  /** Whether all is there. */
  RECORDS_LOST("latencyscope.records.lost", "{record}", "Single events that were lost");

  private final String key;
  private final String unit;
  private final String meaning;

  Metric(String key, String unit, String meaning) {
    this.key = key;
    this.unit = unit;
    this.meaning = meaning;
  }

  /** Its name. */
  public String key() {
    return key;
  }

  /** Its unit, as UCUM has it. */
  public String unit() {
    return unit;
  }

  /** What it is. */
  public String meaning() {
    return meaning;
  }

  /** The name that Prometheus gives it. */
  public String inPrometheus() {
    String name = key.replace('.', '_');
    String suffix =
        switch (unit) {
          case "s" -> "_seconds";
          case "By" -> "_bytes";
          default -> "";
        };
    return name + suffix + (this == LATENCY ? "" : "_total");
  }
}
