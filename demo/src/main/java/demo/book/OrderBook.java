package demo.book;

import java.util.HashMap;
import java.util.Map;

/**
 * Matches the orders of one instrument by price, then by time of arrival.
 *
 * <p>Prices are ticks from 1 to {@link Instrument#MAX_PRICE}, kept as a ladder indexed by price; at
 * any price only one side can rest, so one ladder serves both. Orders are allocated one by one, as
 * most Java engines do: the garbage is part of what this demo shows. Not thread-safe.
 */
public final class OrderBook {
  private static final int NO_BID = 0;
  private static final int NO_ASK = Instrument.MAX_PRICE + 1;

  private final Instrument instrument;
  private final TradeListener trades;
  private final PriceLevel[] ladder = new PriceLevel[Instrument.MAX_PRICE + 1];
  private final Map<Long, Order> orders = new HashMap<>();
  private int bestBid = NO_BID;
  private int bestAsk = NO_ASK;

  /** An empty book that reports its trades to {@code trades}. */
  public OrderBook(Instrument instrument, TradeListener trades) {
    this.instrument = instrument;
    this.trades = trades;
    for (int price = 1; price < ladder.length; price++) {
      ladder[price] = new PriceLevel(price);
    }
  }

  /**
   * Trades what crosses and leaves the rest in the book.
   *
   * @return the quantity traded at once
   * @throws IllegalArgumentException if price or quantity is out of range, or the id is at rest
   */
  public int limit(long id, Side side, int price, int quantity) {
    check(id, price, quantity);
    int traded = match(id, side, price, quantity);
    if (traded < quantity) {
      rest(id, side, price, quantity - traded);
    }
    return traded;
  }

  /**
   * Trades what crosses and forgets the rest.
   *
   * @return the quantity traded
   * @throws IllegalArgumentException as {@link #limit}
   */
  public int immediateOrCancel(long id, Side side, int price, int quantity) {
    check(id, price, quantity);
    return match(id, side, price, quantity);
  }

  /**
   * Takes an order out of the book.
   *
   * @return its open quantity; 0 if it is not here (filled, cancelled, never seen)
   */
  public int cancel(long id) {
    Order order = orders.get(id);
    if (order == null) {
      return 0;
    }
    remove(order);
    return order.open;
  }

  /** True if a buyer and a seller are both at rest. */
  public boolean isTwoSided() {
    return bestBid != NO_BID && bestAsk != NO_ASK;
  }

  /** Highest price bid; 0 if nobody bids. */
  public int bestBid() {
    return bestBid;
  }

  /** Lowest price asked; {@link Instrument#MAX_PRICE} + 1 if nobody asks. */
  public int bestAsk() {
    return bestAsk;
  }

  /** Open quantity at the best price of a side; 0 if the side is empty. */
  public long bestQuantity(Side side) {
    return isEmpty(side) ? 0 : best(side).open();
  }

  /** Open quantity of a side at a price in ticks. */
  public long quantityAt(Side side, int price) {
    PriceLevel level = ladder[price];
    return level.isEmpty() || level.side != side ? 0 : level.open();
  }

  /** Number of orders at rest. */
  public int orderCount() {
    return orders.size();
  }

  private void check(long id, int price, int quantity) {
    if (price < 1 || price > Instrument.MAX_PRICE) {
      throw new IllegalArgumentException("price " + price + " is off the ladder");
    }
    if (quantity < 1) {
      throw new IllegalArgumentException("quantity " + quantity + " is not positive");
    }
    if (orders.containsKey(id)) {
      throw new IllegalArgumentException("order " + id + " is already at rest");
    }
  }

  private int match(long takerId, Side side, int limit, int quantity) {
    int left = quantity;
    while (left > 0 && crosses(side, limit)) {
      PriceLevel level = best(side.opposite());
      Order maker = level.first();
      int traded = Math.min(left, maker.open);
      left -= traded;
      level.reduce(maker, traded);
      if (maker.open == 0) {
        remove(maker);
      }
      trades.onTrade(instrument, maker.id, takerId, side, level.price, traded);
    }
    return quantity - left;
  }

  private boolean crosses(Side side, int limit) {
    return side == Side.BUY ? bestAsk <= limit : bestBid != NO_BID && bestBid >= limit;
  }

  private boolean isEmpty(Side side) {
    return side == Side.BUY ? bestBid == NO_BID : bestAsk == NO_ASK;
  }

  private PriceLevel best(Side side) {
    return ladder[side == Side.BUY ? bestBid : bestAsk];
  }

  private void rest(long id, Side side, int price, int quantity) {
    PriceLevel level = ladder[price];
    Order order = new Order(id, quantity, level);
    level.side = side;
    level.append(order);
    orders.put(id, order);
    if (side == Side.BUY) {
      bestBid = Math.max(bestBid, price);
    } else {
      bestAsk = Math.min(bestAsk, price);
    }
  }

  private void remove(Order order) {
    order.level.remove(order);
    orders.remove(order.id);
    if (order.level.isEmpty()) {
      moveBest(order.level.price);
    }
  }

  /** Walks outwards from a level that has just emptied, if it was the best of its side. */
  private void moveBest(int emptied) {
    if (emptied == bestBid) {
      do {
        bestBid--;
      } while (bestBid != NO_BID && ladder[bestBid].isEmpty());
    } else if (emptied == bestAsk) {
      do {
        bestAsk++;
      } while (bestAsk != NO_ASK && ladder[bestAsk].isEmpty());
    }
  }
}
