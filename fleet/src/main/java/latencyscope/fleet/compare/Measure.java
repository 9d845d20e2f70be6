package latencyscope.fleet.compare;

import java.util.Comparator;

/**
 * What is compared.
 *
 * @param module module that measured
 * @param name name of the measure
 * @param statistic what of it
 */
public record Measure(String module, String name, Statistic statistic)
    implements Comparable<Measure> {
  private static final Comparator<Measure> ORDER =
      Comparator.comparing(Measure::module)
          .thenComparing(Measure::name)
          .thenComparing(Measure::statistic);

  /** A number that says how bad a day was. */
  public enum Statistic {
    /** The value that 99 % of the occurrences do not exceed, nanoseconds. */
    P99("P99"),
    /** Occurrences per second. */
    RATE("per second"),
    /** Share of the time, 0 to 1. */
    SHARE("share of the time");

    private final String words;

    Statistic(String words) {
      this.words = words;
    }

    /** In words that follow the name. */
    public String words() {
      return words;
    }
  }

  /** For people. */
  public String words() {
    return (module.equals("application") ? name : module + " " + name.replace('_', ' '))
        + ", "
        + statistic.words();
  }

  @Override
  public int compareTo(Measure other) {
    return ORDER.compare(this, other);
  }
}
