package demo.book;

/** Which way an order trades. */
public enum Side {
  /** Pays to receive. */
  BUY,
  /** Gives to be paid. */
  SELL;

  private static final Side[] VALUES = values();

  /** The side that an order of this side trades against. */
  public Side opposite() {
    return this == BUY ? SELL : BUY;
  }

  /** +1 for a buyer's position, -1 for a seller's. */
  public int sign() {
    return this == BUY ? 1 : -1;
  }

  /**
   * The side with this ordinal, without the array copy that {@code values()} makes.
   *
   * @throws ArrayIndexOutOfBoundsException if there is none
   */
  public static Side of(int ordinal) {
    return VALUES[ordinal];
  }
}
