package demo.book;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OrderBookTest {
  private record Trade(long maker, long taker, Side takerSide, int price, int quantity) {}

  private final List<Trade> trades = new ArrayList<>();
  private final OrderBook book =
      new OrderBook(
          Instrument.ALFA,
          (instrument, maker, taker, side, price, quantity) ->
              trades.add(new Trade(maker, taker, side, price, quantity)));

  @Test
  void betterPriceTradesFirst() {
    book.limit(1, Side.SELL, 102, 10);
    book.limit(2, Side.SELL, 101, 10);
    book.limit(3, Side.BUY, 102, 15);
    assertEquals(
        List.of(new Trade(2, 3, Side.BUY, 101, 10), new Trade(1, 3, Side.BUY, 102, 5)), trades);
  }

  @Test
  void atOnePriceTheOlderOrderTradesFirst() {
    book.limit(1, Side.BUY, 100, 10);
    book.limit(2, Side.BUY, 100, 10);
    book.limit(3, Side.SELL, 100, 12);
    assertEquals(
        List.of(new Trade(1, 3, Side.SELL, 100, 10), new Trade(2, 3, Side.SELL, 100, 2)), trades);
  }

  @Test
  void aPartlyFilledOrderKeepsItsPlace() {
    book.limit(1, Side.BUY, 100, 10);
    book.limit(2, Side.BUY, 100, 10);
    book.limit(3, Side.SELL, 100, 4);
    book.limit(4, Side.SELL, 100, 4);
    assertEquals(List.of(1L, 1L), trades.stream().map(Trade::maker).toList());
    assertEquals(12, book.bestQuantity(Side.BUY));
  }

  @Test
  void whatDoesNotTradeRests() {
    book.limit(1, Side.SELL, 101, 10);
    assertEquals(10, book.limit(2, Side.BUY, 101, 30));
    assertEquals(101, book.bestBid());
    assertEquals(20, book.quantityAt(Side.BUY, 101));
    assertFalse(book.isTwoSided());
  }

  @Test
  void immediateOrCancelNeverRests() {
    book.limit(1, Side.SELL, 101, 10);
    assertEquals(10, book.immediateOrCancel(2, Side.BUY, 105, 30));
    assertEquals(0, book.orderCount());
  }

  @Test
  void aCancelledOrderIsGoneWhereverItStood() {
    for (int id = 1; id <= 3; id++) {
      book.limit(id, Side.SELL, 101, 10);
    }
    assertEquals(10, book.cancel(2));
    assertEquals(0, book.cancel(2));
    assertEquals(0, book.cancel(99));
    book.limit(4, Side.BUY, 101, 20);
    assertEquals(List.of(1L, 3L), trades.stream().map(Trade::maker).toList());
  }

  @Test
  void theBestPriceMovesOutWhenItsLevelEmpties() {
    book.limit(1, Side.BUY, 100, 10);
    book.limit(2, Side.BUY, 90, 10);
    book.cancel(1);
    assertEquals(90, book.bestBid());
    book.cancel(2);
    assertEquals(0, book.bestBid());
  }

  @Test
  void whatCannotBeAnOrderIsRefused() {
    book.limit(1, Side.BUY, 100, 10);
    assertThrows(IllegalArgumentException.class, () -> book.limit(1, Side.BUY, 100, 10));
    assertThrows(IllegalArgumentException.class, () -> book.limit(2, Side.BUY, 0, 10));
    assertThrows(
        IllegalArgumentException.class,
        () -> book.limit(2, Side.BUY, Instrument.MAX_PRICE + 1, 10));
    assertThrows(IllegalArgumentException.class, () -> book.limit(2, Side.BUY, 100, 0));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void randomOrdersTradeAsInANaiveBook(long seed) {
    Random random = new Random(seed);
    NaiveBook naive = new NaiveBook();
    long submitted = 0;
    long cancelled = 0;
    for (int id = 1; id <= 5_000; id++) {
      Side side = Side.of(random.nextInt(2));
      int price = 100 + random.nextInt(20) - side.sign() * random.nextInt(10);
      int quantity = 1 + random.nextInt(50);
      if (random.nextInt(3) == 0) {
        long victim = 1 + random.nextInt(id);
        int open = book.cancel(victim);
        assertEquals(naive.cancel(victim), open);
        cancelled += open;
      } else {
        boolean rests = random.nextInt(5) > 0;
        int traded =
            rests
                ? book.limit(id, side, price, quantity)
                : book.immediateOrCancel(id, side, price, quantity);
        naive.submit(id, side, price, quantity, rests);
        submitted += rests ? quantity : traded;
      }
      assertTrue(!book.isTwoSided() || book.bestBid() < book.bestAsk(), "crossed");
    }
    long traded = trades.stream().mapToLong(Trade::quantity).sum();
    assertEquals(submitted, openQuantity() + cancelled + 2 * traded);
    assertEquals(naive.trades, trades);
    assertEquals(naive.resting.size(), book.orderCount());
    assertTrue(trades.size() > 1_000, "the streams hardly trade");
  }

  private long openQuantity() {
    long open = 0;
    for (int price = 1; price <= Instrument.MAX_PRICE; price++) {
      open += book.quantityAt(Side.BUY, price) + book.quantityAt(Side.SELL, price);
    }
    return open;
  }

  /** Matches by looking at every order each time: slow, and too simple to be wrong. */
  private static final class NaiveBook {
    private record Resting(long id, Side side, int price, int[] open) {}

    final List<Trade> trades = new ArrayList<>();
    final List<Resting> resting = new ArrayList<>(); // in order of arrival

    void submit(long id, Side side, int limit, int quantity, boolean rests) {
      int left = quantity;
      // The sort is stable, so orders of one price stay in order of arrival.
      List<Resting> makers =
          resting.stream()
              .filter(r -> r.side != side && side.sign() * (limit - r.price) >= 0)
              .sorted(Comparator.comparingInt(r -> side.sign() * r.price))
              .toList();
      for (Resting maker : makers) {
        int traded = Math.min(left, maker.open[0]);
        if (traded > 0) {
          trades.add(new Trade(maker.id, id, side, maker.price, traded));
          maker.open[0] -= traded;
          left -= traded;
        }
      }
      resting.removeIf(r -> r.open[0] == 0);
      if (rests && left > 0) {
        resting.add(new Resting(id, side, limit, new int[] {left}));
      }
    }

    int cancel(long id) {
      int open = resting.stream().filter(r -> r.id == id).mapToInt(r -> r.open[0]).sum();
      resting.removeIf(r -> r.id == id);
      return open;
    }
  }
}
