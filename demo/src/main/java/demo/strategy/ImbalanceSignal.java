package demo.strategy;

import demo.book.OrderBook;
import demo.book.Side;

/** Expects the price to move towards the thinner side of the book. Stateless. */
final class ImbalanceSignal {
  /** A side must hold at least this many times the other's quantity. */
  private static final int RATIO = 4;

  private ImbalanceSignal() {}

  /** The side to trade on; null for none. */
  static Side of(OrderBook book) {
    if (!book.isTwoSided()) {
      return null;
    }
    long bid = book.bestQuantity(Side.BUY);
    long ask = book.bestQuantity(Side.SELL);
    if (bid >= RATIO * ask) {
      return Side.BUY;
    }
    return ask >= RATIO * bid ? Side.SELL : null;
  }
}
