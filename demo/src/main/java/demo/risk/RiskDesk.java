package demo.risk;

import demo.book.Instrument;
import demo.book.Side;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Approves orders against position and notional limits, behind one lock.
 *
 * <p>An approval reserves its quantity until it is filled or released, so that the worst case stays
 * within the limits whichever orders trade. All decisions are taken in the order of the strategy's
 * calls, so they do not depend on timing.
 */
public final class RiskDesk {
  /** Largest position in one instrument, long or short, working orders included. */
  public static final long MAX_POSITION = 20_000;

  /** Largest value of such a position, in ticks (cents): one million. */
  public static final long MAX_NOTIONAL = 100_000_000;

  /** So many fills are worth a wakeup of the risk thread, which costs the strategy a futex call. */
  private static final int WAKE_AT = 64;

  private static final long LOOK_EVERY_NS = TimeUnit.MILLISECONDS.toNanos(1);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Account[] accounts = new Account[Instrument.COUNT];
  private final long[][] reserved = new long[2][Instrument.COUNT];
  private List<Execution> queue = new ArrayList<>();
  private long contended;
  private boolean closed;

  /** A desk without positions. */
  public RiskDesk() {
    for (int i = 0; i < accounts.length; i++) {
      accounts[i] = new Account();
    }
  }

  /** Strategy: whether an order may be sent; if so its quantity is reserved. */
  public boolean approve(Instrument instrument, Side side, int price, int quantity) {
    lockAsStrategy();
    try {
      long working = reserved[side.ordinal()][instrument.ordinal()] + quantity;
      long worst = Math.abs(side.sign() * working + accounts[instrument.ordinal()].position());
      boolean approved = worst <= MAX_POSITION && worst * price <= MAX_NOTIONAL;
      if (approved) {
        reserved[side.ordinal()][instrument.ordinal()] = working;
      }
      return approved;
    } finally {
      lock.unlock();
    }
  }

  /** Strategy: a reserved quantity will not trade any more. */
  public void release(Instrument instrument, Side side, int quantity) {
    lockAsStrategy();
    try {
      reserved[side.ordinal()][instrument.ordinal()] -= quantity;
    } finally {
      lock.unlock();
    }
  }

  /** Strategy: a reserved quantity has traded. */
  public void filled(Instrument instrument, Side side, int price, int quantity) {
    Execution execution = new Execution(instrument, side, price, quantity);
    lockAsStrategy();
    try {
      reserved[side.ordinal()][instrument.ordinal()] -= quantity;
      accounts[instrument.ordinal()].add(side, price, quantity);
      queue.add(execution);
      if (queue.size() == WAKE_AT) {
        work.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Any thread: no more fills will come; {@link #take} returns null once the last were taken. */
  public void close() {
    lock.lock();
    try {
      closed = true;
      work.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Any thread: keeps the lock for this long, busy, even if others want it. */
  public void holdLock(long ns) {
    lock.lock();
    try {
      long end = System.nanoTime() + ns;
      while (System.nanoTime() < end) {
        Thread.onSpinWait();
      }
    } finally {
      lock.unlock();
    }
  }

  /** How often the strategy found the lock taken. */
  public long contended() {
    lock.lock();
    try {
      return contended;
    } finally {
      lock.unlock();
    }
  }

  /** What was traded of an instrument; read it after the strategy has ended. */
  public Account account(Instrument instrument) {
    return accounts[instrument.ordinal()];
  }

  /** Risk thread: the fills since the last call, perhaps none; null at the end. */
  List<Execution> take() throws InterruptedException {
    lock.lock();
    try {
      if (queue.size() < WAKE_AT && !closed) {
        work.awaitNanos(LOOK_EVERY_NS);
      }
      if (queue.isEmpty()) {
        return closed ? null : List.of();
      }
      List<Execution> taken = queue;
      queue = new ArrayList<>();
      return taken;
    } finally {
      lock.unlock();
    }
  }

  private void lockAsStrategy() {
    if (!lock.tryLock()) {
      lock.lock();
      contended++;
    }
  }
}
