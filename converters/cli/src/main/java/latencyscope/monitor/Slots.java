package latencyscope.monitor;

import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A value for each quarter of a second of the last minute, created when it is first needed. Older
 * ones are overwritten: memory does not grow. Not safe for use by several threads.
 *
 * @param <T> the value
 */
final class Slots<T> {
  /** Length of a slot, nanoseconds. */
  static final long SLOT_NS = 250_000_000;

  private static final int PER_SECOND = 4;

  /** The longest window, and one second for events that are late. */
  private static final int KEPT = 61 * PER_SECOND;

  private final Object[] values = new Object[KEPT];
  private final long[] numbers = new long[KEPT];
  private final Supplier<T> create;
  private long newest = Long.MIN_VALUE;

  Slots(Supplier<T> create) {
    this.create = create;
  }

  /** The slot that a time is in. */
  static long number(long time) {
    return Math.floorDiv(time, SLOT_NS);
  }

  /** The slot from which on times are kept, if this is the time of the latest. */
  static long oldest(long time) {
    return number(time) - KEPT + 1;
  }

  /** The value of a slot; null if it is too old. */
  T at(long number) {
    if (newest != Long.MIN_VALUE && number <= newest - KEPT) {
      return null;
    }
    newest = Math.max(newest, number);
    int index = (int) Math.floorMod(number, (long) KEPT);
    if (values[index] == null || numbers[index] != number) {
      values[index] = create.get();
      numbers[index] = number;
    }
    return cast(values[index]);
  }

  /** Visits the values of the window that ends with a time. */
  void visit(long until, int seconds, Consumer<T> visitor) {
    long last = number(until);
    for (long number = last - (long) seconds * PER_SECOND + 1; number <= last; number++) {
      int index = (int) Math.floorMod(number, (long) KEPT);
      if (values[index] != null && numbers[index] == number) {
        visitor.accept(cast(values[index]));
      }
    }
  }

  // Only what was created by the supplier is ever put there.
  @SuppressWarnings("unchecked")
  private T cast(Object value) {
    return (T) value;
  }
}
