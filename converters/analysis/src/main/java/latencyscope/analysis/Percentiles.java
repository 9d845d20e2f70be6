package latencyscope.analysis;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import latencyscope.recording.event.Distribution;

/**
 * Writes a distribution under the keys that every module uses.
 *
 * <p>A percentile or maximum is the nearest-rank value of what was measured, 0 where a module was
 * watching and nothing occurred, and a text only where nobody was watching: so a gate passes on a
 * quiet host, and fails where the measurement is missing. What so few occurrences support is
 * written beside it, as {@code resolution}.
 */
public final class Percentiles {
  /** The percentiles that reports give. */
  public static final List<P> ALL =
      List.of(new P(50), new P(99), new P(99.9), new P(99.99), new P(99.999));

  public static final String NO_OCCURRENCE = "there was no occurrence";
  private static final String NO_BINS = "the distribution cannot be decoded";
  private static final String RESOLUTION = "resolution";
  private static final double CONFIDENCE = 0.95;

  private Percentiles() {}

  /**
   * One percentile.
   *
   * @param percent such as 99.9
   */
  public record P(double percent) {
    private String digits() {
      return percent == Math.rint(percent) ? "" + (long) percent : "" + percent;
    }

    /** Such as {@code P99.9}. */
    public String label() {
      return "P" + digits();
    }

    public String key() {
      return "p" + digits().replace('.', '_');
    }

    /** Its value; empty if there are too few occurrences. */
    public OptionalLong of(Distribution distribution) {
      return distribution.percentile(percent);
    }

    private String noBound() {
      return String.format(
          Locale.ROOT,
          "no 95 %% upper bound: %s requires %,d occurrences",
          label(),
          Distribution.neededForBound(percent, CONFIDENCE));
    }
  }

  public static OptionalLong ifMeasured(long value, boolean measured) {
    return measured ? OptionalLong.of(value) : OptionalLong.empty();
  }

  /** A cell of a table: nanoseconds as a time, null for what was not measured. */
  public static Duration time(OptionalLong nanos) {
    return nanos.isPresent() ? Duration.ofNanos(nanos.getAsLong()) : null;
  }

  public static OptionalLong max(Distribution distribution) {
    return ifMeasured(distribution.max(), distribution.count() > 0);
  }

  /** A tree with all that is known of a distribution. */
  public static Metrics of(Distribution distribution, boolean measured, String whyNot) {
    Metrics metrics = counted(distribution, measured, whyNot);
    putGates(metrics, key -> key + "_ns", distribution, measured, whyNot);
    return metrics.put(RESOLUTION, resolution(distribution, measured, whyNot));
  }

  /** The same for a row of a list, whose reasons are shared by all rows. */
  public static Metrics ofMany(Distribution distribution, boolean measured, String whyNot) {
    Metrics metrics = counted(distribution, measured, whyNot);
    for (P p : ALL) {
      metrics.put(p.key() + "_ns", value(distribution, p, measured), measured ? NO_BINS : whyNot);
    }
    metrics.put("max_ns", ifMeasured(distribution.max(), measured), whyNot);
    return metrics;
  }

  /**
   * Adds the percentiles and the maximum of a distribution to the numbers of a module, and what
   * they rest on to its {@code resolution}.
   *
   * @param name of the distribution in {@code resolution}
   * @param key makes a key of {@code p99_9} or {@code max}
   */
  public static void put(
      Metrics metrics,
      String name,
      UnaryOperator<String> key,
      Distribution distribution,
      boolean measured,
      String whyNot) {
    putGates(metrics, key, distribution, measured, whyNot);
    metrics.child(RESOLUTION).put(name, resolution(distribution, measured, whyNot));
  }

  /** The same, under keys such as {@code fault_p99_9_ns} where the name is {@code fault}. */
  public static void put(
      Metrics metrics, String name, Distribution distribution, boolean measured, String whyNot) {
    put(metrics, name, key -> name + "_" + key + "_ns", distribution, measured, whyNot);
  }

  /** The nearest-rank value; 0 if nothing occurred, empty if it was not measured. */
  public static OptionalLong value(Distribution distribution, P p, boolean measured) {
    if (!measured) {
      return OptionalLong.empty();
    }
    return distribution.count() == 0 ? OptionalLong.of(0) : distribution.nearestRank(p.percent());
  }

  private static Metrics counted(Distribution distribution, boolean measured, String whyNot) {
    Metrics metrics = new Metrics();
    metrics.put("count", ifMeasured(distribution.count(), measured), whyNot);
    return metrics.put("total_ns", ifMeasured(distribution.total(), measured), whyNot);
  }

  /** Adds the percentiles and the maximum alone, where they have a second name. */
  public static void putGates(
      Metrics metrics,
      UnaryOperator<String> key,
      Distribution distribution,
      boolean measured,
      String whyNot) {
    String reason = measured ? NO_BINS : whyNot;
    for (P p : ALL) {
      metrics.putGate(key.apply(p.key()), value(distribution, p, measured), reason);
    }
    metrics.putGate(key.apply("max"), ifMeasured(distribution.max(), measured), whyNot);
  }

  private static Metrics resolution(Distribution distribution, boolean measured, String whyNot) {
    long binned = distribution.binned();
    Metrics resolution = new Metrics();
    resolution.put("occurrences", ifMeasured(binned, measured), whyNot);
    resolution.put("resolved_percent", measured ? Distribution.resolved(binned) : null);
    for (P p : ALL) {
      resolution.putGate(
          p.key() + "_upper_95_ns",
          measured ? distribution.upperBound(p.percent(), CONFIDENCE) : OptionalLong.empty(),
          measured ? p.noBound() : whyNot);
    }
    return resolution;
  }
}
