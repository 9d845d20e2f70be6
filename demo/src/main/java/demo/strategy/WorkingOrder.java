package demo.strategy;

import demo.book.Side;

/** The engine's one order at the market in an instrument. Used by one thread. */
final class WorkingOrder {
  long id;
  Side side;
  int open;

  boolean isOpen() {
    return open > 0;
  }

  void sent(long id, Side side, int quantity) {
    this.id = id;
    this.side = side;
    this.open = quantity;
  }
}
