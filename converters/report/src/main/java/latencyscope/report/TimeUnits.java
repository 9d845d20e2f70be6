package latencyscope.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import latencyscope.analysis.Table;
import latencyscope.analysis.number.Numbers;

/** The unit of all times of a table, so that they can be compared by eye. */
enum TimeUnits {
  NS("ns", 1),
  US("µs", 1_000),
  MS("ms", 1_000_000),
  S("s", 1_000_000_000);

  /** What is less than this in a unit is hard to read. */
  private static final double LEAST = 0.01;

  private static final int PRECISION = 3;
  private static final MathContext DIGITS = new MathContext(PRECISION, RoundingMode.HALF_UP);

  private final String name;
  private final long nanos;

  TimeUnits(String name, long nanos) {
    this.name = name;
    this.nanos = nanos;
  }

  /** The largest unit in which the shortest time of a table can be read. */
  static TimeUnits of(Table table) {
    long shortest =
        table.rows().stream()
            .flatMap(List::stream)
            .filter(Duration.class::isInstance)
            .mapToLong(cell -> ((Duration) cell).toNanos())
            .filter(ns -> ns > 0)
            .min()
            .orElse(0);
    TimeUnits largest = NS;
    for (TimeUnits unit : values()) {
      largest = shortest >= LEAST * unit.nanos ? unit : largest;
    }
    return largest;
  }

  /** A cell in this unit, in three significant digits. */
  String cell(Object value) {
    if (!(value instanceof Duration duration)) {
      return Numbers.cell(value);
    }
    BigDecimal inUnit = BigDecimal.valueOf(duration.toNanos()).divide(BigDecimal.valueOf(nanos));
    BigDecimal rounded = inUnit.round(DIGITS);
    int before = rounded.precision() - rounded.scale();
    boolean isWhole = this == NS || rounded.signum() == 0;
    int decimals = isWhole ? 0 : Math.max(0, PRECISION - before);
    return String.format(Locale.ROOT, "%,." + decimals + "f %s", rounded, name);
  }
}
