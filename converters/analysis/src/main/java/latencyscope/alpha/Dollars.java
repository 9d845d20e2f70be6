package latencyscope.alpha;

import java.util.Locale;

/** Writes amounts of money for people. */
public final class Dollars {
  private static final double CENTS_UP_TO = 1_000;

  private Dollars() {}

  /** An amount, with cents where they matter. */
  public static String of(double dollars) {
    return String.format(Locale.ROOT, dollars < CENTS_UP_TO ? "$%,.2f" : "$%,.0f", dollars);
  }
}
