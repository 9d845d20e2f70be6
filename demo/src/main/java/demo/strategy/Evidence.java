package demo.strategy;

import demo.book.Instrument;
import demo.book.OrderBook;
import demo.book.Side;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Keeps what the book looked like when each of the latest orders was sent.
 *
 * <p>Regulators ask for it, and it is the engine's honest garbage: a few hundred bytes an order
 * that live long enough to be promoted before they are dropped. Used by one thread.
 */
final class Evidence {
  static final int ORDERS_KEPT = 32_768;
  private static final int DEPTH = 16;

  private final Map<Long, Snapshot> snapshots =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Snapshot> eldest) {
          return size() > ORDERS_KEPT;
        }
      };

  /** Open quantity at each price from the best outwards; the first element is the best price. */
  private record Snapshot(long sequence, long[] bids, long[] asks) {}

  void keep(long orderId, long sequence, OrderBook book) {
    long[] bids = depth(book, Side.BUY, book.bestBid());
    long[] asks = depth(book, Side.SELL, book.bestAsk());
    snapshots.put(orderId, new Snapshot(sequence, bids, asks));
  }

  int size() {
    return snapshots.size();
  }

  private static long[] depth(OrderBook book, Side side, int best) {
    long[] depth = new long[1 + DEPTH];
    depth[0] = best;
    for (int i = 0; i < DEPTH; i++) {
      int price = best - side.sign() * i;
      if (price >= 1 && price <= Instrument.MAX_PRICE) {
        depth[1 + i] = book.quantityAt(side, price);
      }
    }
    return depth;
  }
}
