package demo.strategy;

import demo.book.Instrument;
import demo.book.OrderBook;
import demo.book.Side;
import demo.book.TradeListener;
import demo.feed.Tick;
import demo.journal.Journal;
import demo.measure.Fill;
import demo.measure.Histogram;
import demo.risk.RiskDesk;

/**
 * Trades on the imbalance of the book: the engine's decisions, without its threads.
 *
 * <p>Every decision depends on the messages so far alone, never on time. The venue's matching
 * engine is simulated in the same books: an order that is sent trades at once or rests among the
 * market's. Used by one thread.
 */
public final class Strategy {
  private static final int QUANTITY = 200;

  private final RiskDesk risk;
  private final Journal journal;
  private final boolean live;
  private final OrderBook[] books = new OrderBook[Instrument.COUNT];
  private final WorkingOrder[] working = new WorkingOrder[Instrument.COUNT];

  /** Price that the last signal could trade at; negative if it was to sell. */
  private final int[] lastSignal = new int[Instrument.COUNT];

  private final long[] orders = new long[Instrument.COUNT];
  private final long[] rejects = new long[Instrument.COUNT];
  private final long[] fills = new long[Instrument.COUNT];
  private final TradeTape tape = new TradeTape();
  private final Evidence evidence = new Evidence();
  private final Histogram tickToTradeNs = new Histogram();
  private final Fill fill = new Fill();
  private long messages;
  private long lateCancels;
  private long lastOrderId;

  /**
   * A strategy without positions.
   *
   * @param live false to rehearse: nothing is written to a flight recording
   */
  public Strategy(RiskDesk risk, Journal journal, boolean live) {
    this.risk = risk;
    this.journal = journal;
    this.live = live;
    TradeListener listener = this::onTrade;
    for (Instrument instrument : Instrument.values()) {
      books[instrument.ordinal()] = new OrderBook(instrument, listener);
      working[instrument.ordinal()] = new WorkingOrder();
    }
  }

  /** Takes one market message in, and answers it with an order if it makes a signal. */
  public void onTick(Tick tick) {
    messages++;
    OrderBook book = books[tick.instrument.ordinal()];
    apply(tick, book);
    Side signal = ImbalanceSignal.of(book);
    if (signal != null && isNews(tick.instrument, signal, book)) {
      trade(tick, book, signal);
    }
  }

  /** A signal is acted on once at each price that it could trade at. */
  private boolean isNews(Instrument instrument, Side signal, OrderBook book) {
    int price = signal.sign() * touch(book, signal);
    boolean news = price != lastSignal[instrument.ordinal()];
    lastSignal[instrument.ordinal()] = price;
    return news;
  }

  private static int touch(OrderBook book, Side side) {
    return side == Side.BUY ? book.bestAsk() : book.bestBid();
  }

  private void apply(Tick tick, OrderBook book) {
    switch (tick.kind) {
      case ADD -> book.limit(tick.orderId, tick.side, tick.price, tick.quantity);
      case EXECUTE -> book.immediateOrCancel(tick.orderId, tick.side, tick.price, tick.quantity);
      case CANCEL -> {
        if (book.cancel(tick.orderId) == 0) {
          lateCancels++;
        }
      }
      case END -> throw new IllegalArgumentException("the end is not a market message");
    }
  }

  private void trade(Tick tick, OrderBook book, Side side) {
    Instrument instrument = tick.instrument;
    // What is left of the last order goes first, so that the engine never trades with itself.
    cancelWorking(instrument, book);
    if (!book.isTwoSided()) {
      return;
    }
    int price = touch(book, side);
    if (!risk.approve(instrument, side, price, QUANTITY)) {
      rejects[instrument.ordinal()]++;
      return;
    }
    long id = --lastOrderId; // negative, so never a market order's
    journal.append(System.nanoTime(), tick.sequence, id, instrument, side, price, QUANTITY);
    sent(tick, side, price);
    evidence.keep(id, tick.sequence, book);
    orders[instrument.ordinal()]++;
    working[instrument.ordinal()].sent(id, side, QUANTITY);
    book.limit(id, side, price, QUANTITY);
  }

  private void sent(Tick tick, Side side, int price) {
    tickToTradeNs.record(System.nanoTime() - tick.receivedNs);
    if (live) {
      tick.tickToTrade.sent(tick.instrument.name(), tick.sequence, side.name(), price, QUANTITY);
    }
  }

  private void cancelWorking(Instrument instrument, OrderBook book) {
    WorkingOrder order = working[instrument.ordinal()];
    if (order.isOpen()) {
      int open = book.cancel(order.id);
      order.open = 0;
      risk.release(instrument, order.side, open);
    }
  }

  private void onTrade(
      Instrument instrument, long makerId, long takerId, Side takerSide, int price, int quantity) {
    tape.add(instrument, makerId, takerId, price, quantity);
    if (takerId < 0) {
      onFill(instrument, takerSide, price, quantity, false);
    } else if (makerId < 0) {
      onFill(instrument, takerSide.opposite(), price, quantity, true);
    }
  }

  private void onFill(Instrument instrument, Side side, int price, int quantity, boolean maker) {
    working[instrument.ordinal()].open -= quantity;
    fills[instrument.ordinal()]++;
    risk.filled(instrument, side, price, quantity);
    if (live) {
      fill.happened(instrument.name(), side.name(), price, quantity, maker);
    }
  }

  /** Messages taken in. */
  public long messages() {
    return messages;
  }

  /** Cancels that came after the order had traded. */
  public long lateCancels() {
    return lateCancels;
  }

  /** Orders sent in an instrument. */
  public long orders(Instrument instrument) {
    return orders[instrument.ordinal()];
  }

  /** Orders that the risk limits did not allow. */
  public long rejects(Instrument instrument) {
    return rejects[instrument.ordinal()];
  }

  /** Trades of the engine's own orders. */
  public long fills(Instrument instrument) {
    return fills[instrument.ordinal()];
  }

  /** The book of an instrument. */
  public OrderBook book(Instrument instrument) {
    return books[instrument.ordinal()];
  }

  /** All trades, the market's own too. */
  public TradeTape tape() {
    return tape;
  }

  /** From receipt of a packet until the order that answers it was sent, in ns. */
  public Histogram tickToTradeNs() {
    return tickToTradeNs;
  }
}
