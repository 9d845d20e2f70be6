package demo.risk;

import demo.book.Instrument;
import java.util.List;

/**
 * Keeps the books a second time, from copies of the fills; the {@code risk} thread.
 *
 * <p>The trading side must not be the only record of what was traded.
 */
public final class DropCopy implements Runnable {
  private final RiskDesk desk;
  private final Account[] accounts = new Account[Instrument.COUNT];

  /** A second set of books for this desk. */
  public DropCopy(RiskDesk desk) {
    this.desk = desk;
    for (int i = 0; i < accounts.length; i++) {
      accounts[i] = new Account();
    }
  }

  /** Books fills until the desk is closed. */
  @Override
  public void run() {
    try {
      for (List<Execution> fills = desk.take(); fills != null; fills = desk.take()) {
        fills.forEach(this::book);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the engine gives up; the books will not agree
    }
  }

  /** Whether both sets of books agree; call it after both threads have ended. */
  public boolean reconciles() {
    for (Instrument instrument : Instrument.values()) {
      if (!accounts[instrument.ordinal()].agreesWith(desk.account(instrument))) {
        return false;
      }
    }
    return true;
  }

  private void book(Execution fill) {
    accounts[fill.instrument().ordinal()].add(fill.side(), fill.price(), fill.quantity());
  }
}
