package demo.book;

/** What is traded here: four made-up shares whose price tick is one cent. */
public enum Instrument {
  ALFA(4_000),
  BRAV(5_500),
  CHAR(7_000),
  DELT(9_000);

  /** Number of instruments; the size of every per-instrument array. */
  public static final int COUNT = values().length;

  /** No order rests above this price, in ticks. */
  public static final int MAX_PRICE = 16_383;

  private static final Instrument[] VALUES = values();

  private final int referencePrice;

  Instrument(int referencePrice) {
    this.referencePrice = referencePrice;
  }

  /** The price around which the simulated market wanders, in ticks. */
  public int referencePrice() {
    return referencePrice;
  }

  /**
   * The instrument with this ordinal, without the array copy that {@code values()} makes.
   *
   * @throws ArrayIndexOutOfBoundsException if there is none
   */
  public static Instrument of(int ordinal) {
    return VALUES[ordinal];
  }
}
