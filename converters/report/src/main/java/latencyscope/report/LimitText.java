package latencyscope.report;

import latencyscope.analysis.Limit;
import latencyscope.analysis.number.Numbers;

/** Says in words what came of a limit. */
public final class LimitText {
  private LimitText() {}

  /** Such as {@code isolation.p99_runqueue_ns = 4,711, above 1,000}. */
  public static String of(Limit.Result result) {
    String key = result.limit().key();
    String limit = number(result.limit().limit());
    if (result.value() == null) {
      String why = result.whyNot() == null ? "" : ": " + result.whyNot();
      return key + " was not measured (limit " + limit + ")" + why;
    }
    String value = number(result.value().doubleValue());
    return key + " = " + value + (result.passed() ? ", within " : ", above ") + limit;
  }

  private static String number(double value) {
    return value == Math.rint(value) ? Numbers.count((long) value) : Double.toString(value);
  }
}
