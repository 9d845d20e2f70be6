package demo.risk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import demo.book.Instrument;
import demo.book.Side;
import org.junit.jupiter.api.Test;

class RiskDeskTest {
  private static final int CHEAP = 10;
  private static final int LIMIT = (int) RiskDesk.MAX_POSITION;

  private final RiskDesk desk = new RiskDesk();

  @Test
  void workingOrdersCountAsIfTheyHadTraded() {
    assertTrue(desk.approve(Instrument.ALFA, Side.BUY, CHEAP, LIMIT));
    assertFalse(desk.approve(Instrument.ALFA, Side.BUY, CHEAP, 1));
    assertTrue(desk.approve(Instrument.BRAV, Side.BUY, CHEAP, LIMIT), "limits are per instrument");
  }

  @Test
  void whatIsReleasedMayBeUsedAgain() {
    desk.approve(Instrument.ALFA, Side.BUY, CHEAP, LIMIT);
    desk.release(Instrument.ALFA, Side.BUY, LIMIT);
    assertTrue(desk.approve(Instrument.ALFA, Side.BUY, CHEAP, LIMIT));
  }

  @Test
  void aLongPositionAllowsSellingTwiceTheLimit() {
    desk.approve(Instrument.ALFA, Side.BUY, CHEAP, LIMIT);
    desk.filled(Instrument.ALFA, Side.BUY, CHEAP, LIMIT);
    assertFalse(desk.approve(Instrument.ALFA, Side.BUY, CHEAP, 1));
    assertTrue(desk.approve(Instrument.ALFA, Side.SELL, CHEAP, 2 * LIMIT));
    assertFalse(desk.approve(Instrument.ALFA, Side.SELL, CHEAP, 1));
  }

  @Test
  void theNotionalIsLimitedToo() {
    int price = Instrument.MAX_PRICE;
    int most = (int) (RiskDesk.MAX_NOTIONAL / price);
    assertFalse(desk.approve(Instrument.ALFA, Side.BUY, price, most + 1));
    assertTrue(desk.approve(Instrument.ALFA, Side.BUY, price, most));
  }

  @Test
  void accountsKeepCash() {
    desk.filled(Instrument.ALFA, Side.BUY, 100, 5);
    desk.filled(Instrument.ALFA, Side.SELL, 103, 2);
    Account account = desk.account(Instrument.ALFA);
    assertEquals(3, account.position());
    assertEquals(-500 + 206, account.cash());
  }

  @Test
  void theDropCopyBooksWhatWasFilledBeforeTheDeskClosed() throws InterruptedException {
    DropCopy dropCopy = new DropCopy(desk);
    Thread risk = new Thread(dropCopy, "risk");
    risk.start();
    for (int i = 0; i < 1_000; i++) {
      desk.filled(Instrument.DELT, Side.of(i & 1), 100 + i, 1 + i % 7);
    }
    desk.close();
    risk.join(5_000);
    assertFalse(risk.isAlive());
    assertTrue(dropCopy.reconciles());
    desk.filled(Instrument.DELT, Side.BUY, 100, 1);
    assertFalse(dropCopy.reconciles(), "a fill after the close is not in the copy");
  }

  @Test
  void aLockThatIsTakenIsCounted() throws InterruptedException {
    Thread rival = new Thread(() -> desk.holdLock(50_000_000));
    rival.start();
    // Approvals contend, sooner or later, with a lock held for 50 ms.
    while (rival.isAlive()) {
      desk.release(Instrument.ALFA, Side.BUY, 0);
    }
    assertEquals(1, desk.contended());
  }
}
