package demo.book;

/** Hears of every trade, in the order of matching, on the thread that submitted the taker. */
@FunctionalInterface
public interface TradeListener {
  /**
   * Two orders have traded at the maker's price. The book is already up to date for the maker; the
   * taker may go on to trade, so the listener must not submit or cancel orders.
   *
   * @param takerSide side of the order that came in
   * @param price in ticks
   */
  void onTrade(
      Instrument instrument, long makerId, long takerId, Side takerSide, int price, int quantity);
}
