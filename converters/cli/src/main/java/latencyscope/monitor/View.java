package latencyscope.monitor;

import java.util.Comparator;

/**
 * What of it is to be seen.
 *
 * @param seconds window: 1, 10 or 60
 * @param order of the threads
 * @param thread id of the thread that is looked at alone; 0 for all of them
 */
public record View(int seconds, Order order, long thread) {
  /** Orders of threads. */
  public enum Order {
    /** Those that lost most come first. */
    LOST("lost time", Comparator.comparingLong((ThreadRow row) -> row.time().lost()).reversed()),
    /** Those with the longest single stall come first. */
    WORST(
        "worst stall",
        Comparator.comparingLong((ThreadRow row) -> row.time().longest()).reversed()),
    /** Those that were blocked longest come first. */
    BLOCKED(
        "blocked time",
        Comparator.comparingLong(
                (ThreadRow row) -> row.time().of(latencyscope.ledger.Cause.BLOCKED))
            .reversed()),
    /** By name. */
    NAME("name", Comparator.comparing((ThreadRow row) -> row.thread().name()));

    private final String words;
    private final Comparator<ThreadRow> rows;

    Order(String words, Comparator<ThreadRow> rows) {
      this.words = words;
      this.rows = rows;
    }

    /** What they are ordered by. */
    public String words() {
      return words;
    }

    Comparator<ThreadRow> rows() {
      return rows.thenComparing(row -> row.thread().name())
          .thenComparing(row -> row.thread().osTid());
    }

    /** The one after it. */
    public Order next() {
      return values()[(ordinal() + 1) % values().length];
    }
  }

  /** Of all threads, in the last ten seconds. */
  public static final View FIRST = new View(10, Order.LOST, 0);
}
