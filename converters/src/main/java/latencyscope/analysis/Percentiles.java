package latencyscope.analysis;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import latencyscope.recording.Distribution;

/** Writes a distribution under the keys that every module uses. */
public final class Percentiles {
  /** The percentiles that reports give. */
  public static final List<P> ALL =
      List.of(new P(50), new P(99), new P(99.9), new P(99.99), new P(99.999));

  static final String NO_OCCURRENCE = "there was no occurrence";

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

    String key() {
      return "p" + digits().replace('.', '_');
    }

    /** Its value; empty if there are too few occurrences to tell. */
    public OptionalLong of(Distribution distribution) {
      return distribution.percentile(percent);
    }

    String whyNot(Distribution distribution) {
      return String.format(
          Locale.ROOT,
          "not resolvable: %s takes %,d occurrences, there were %,d",
          label(),
          Distribution.needed(percent),
          distribution.count() - distribution.unbinned());
    }

    // The same for all rows of a list, which share one reason.
    String whyNotOfMany() {
      return String.format(
          Locale.ROOT,
          "not resolvable where there were fewer than %,d occurrences",
          Distribution.needed(percent));
    }
  }

  static OptionalLong ifMeasured(long value, boolean measured) {
    return measured ? OptionalLong.of(value) : OptionalLong.empty();
  }

  /** A cell of a table: nanoseconds as a time, null for what was not measured. */
  static Duration time(OptionalLong nanos) {
    return nanos.isPresent() ? Duration.ofNanos(nanos.getAsLong()) : null;
  }

  static OptionalLong max(Distribution distribution) {
    return ifMeasured(distribution.max(), distribution.count() > 0);
  }

  static Metrics of(Distribution distribution, boolean measured, String whyNot) {
    return write(distribution, measured, whyNot, false);
  }

  static Metrics ofMany(Distribution distribution, boolean measured, String whyNot) {
    return write(distribution, measured, whyNot, true);
  }

  private static void put(
      Metrics metrics, String key, OptionalLong value, String whyNot, boolean oneOfMany) {
    if (oneOfMany) {
      metrics.put(key, value, whyNot);
    } else {
      metrics.putGate(key, value, whyNot);
    }
  }

  private static Metrics write(
      Distribution distribution, boolean measured, String whyNot, boolean oneOfMany) {
    Metrics metrics = new Metrics();
    metrics.put("count", ifMeasured(distribution.count(), measured), whyNot);
    metrics.put("total_ns", ifMeasured(distribution.total(), measured), whyNot);
    for (P p : ALL) {
      String reason = oneOfMany ? p.whyNotOfMany() : p.whyNot(distribution);
      put(metrics, p.key() + "_ns", p.of(distribution), reason, oneOfMany);
    }
    put(metrics, "max_ns", max(distribution), NO_OCCURRENCE, oneOfMany);
    return metrics;
  }
}
