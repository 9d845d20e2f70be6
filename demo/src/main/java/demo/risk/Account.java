package demo.risk;

import demo.book.Side;

/** What was bought and sold of one instrument. Guarded by its owner. */
public final class Account {
  private long bought;
  private long sold;
  private long cash;

  /** An account without trades. */
  public Account() {}

  void add(Side side, int price, int quantity) {
    if (side == Side.BUY) {
      bought += quantity;
    } else {
      sold += quantity;
    }
    cash -= (long) side.sign() * price * quantity;
  }

  boolean agreesWith(Account other) {
    return bought == other.bought && sold == other.sold && cash == other.cash;
  }

  /** Quantity bought. */
  public long bought() {
    return bought;
  }

  /** Quantity sold. */
  public long sold() {
    return sold;
  }

  /** Quantity held; negative if short. */
  public long position() {
    return bought - sold;
  }

  /** Money received less money paid, in ticks (cents). */
  public long cash() {
    return cash;
  }
}
