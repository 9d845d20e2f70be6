package demo.strategy;

import demo.book.OrderBook;
import demo.book.Side;

/** Expects the price to move towards the thinner side of the book. Stateless. */
final class ImbalanceSignal {

  private ImbalanceSignal() {}

  /** The side to trade on; null for none. */
  static Side of(OrderBook book) {
    if (!book.isTwoSided()) {
      return null;
    }
    long bid = book.bestQuantity(Side.BUY);
    long ask = book.bestQuantity(Side.SELL);
    if (outweighs(bid, ask)) {
      return Side.BUY;
    }
    return outweighs(ask, bid) ? Side.SELL : null;
  }

  /** Half as much again is enough. */
  private static boolean outweighs(long quantity, long other) {
    return 2 * quantity >= 3 * other;
  }
}
