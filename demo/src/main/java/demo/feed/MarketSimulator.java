package demo.feed;

import demo.book.Instrument;
import demo.book.Side;
import java.util.Random;

/**
 * Makes up the order flow of a market: the same flow for the same seed, on every JVM.
 *
 * <p>{@link Random} rather than a faster generator because its algorithm is specified bit by bit.
 * The simulator does not see the book: it may cancel orders that have traded, as real participants
 * do when their cancel crosses a fill. Not thread-safe.
 */
public final class MarketSimulator {
  private static final int LOT = 100;
  private static final int DEPTH = 24;

  private final Random random;
  private final Flow[] flows = new Flow[Instrument.COUNT];
  private long sequence;
  private long orderId;

  /** A market at its reference prices. */
  public MarketSimulator(long seed) {
    random = new Random(seed);
    for (int i = 0; i < flows.length; i++) {
      flows[i] = new Flow(Instrument.of(i));
    }
  }

  /** Writes the next message into {@code tick}, all but its times. */
  public void next(Tick tick) {
    Flow flow = flows[random.nextInt(flows.length)];
    flow.drift(random);
    tick.sequence = ++sequence;
    tick.instrument = flow.instrument;
    tick.side = Side.of(random.nextInt(2));
    int dice = random.nextInt(100);
    if (flow.live > 0 && (dice < 35 || flow.live == Flow.MAX_LIVE)) {
      cancel(tick, flow);
    } else if (dice < 88 || flow.live < Flow.MIN_LIVE) {
      add(tick, flow);
    } else {
      execute(tick, flow);
    }
  }

  private void cancel(Tick tick, Flow flow) {
    tick.kind = Tick.Kind.CANCEL;
    tick.orderId = flow.removeAny(random);
    tick.price = 0;
    tick.quantity = 0;
  }

  private void add(Tick tick, Flow flow) {
    int behind = 1 + random.nextInt(DEPTH);
    tick.kind = Tick.Kind.ADD;
    tick.orderId = flow.remember(++orderId);
    tick.price = flow.mid - tick.side.sign() * behind;
    tick.quantity = LOT * (1 + random.nextInt(10));
  }

  private void execute(Tick tick, Flow flow) {
    tick.kind = Tick.Kind.EXECUTE;
    tick.orderId = ++orderId;
    tick.price = flow.mid + tick.side.sign() * 3;
    tick.quantity = LOT * (1 + random.nextInt(5));
  }

  /** What the simulator remembers of one instrument. */
  private static final class Flow {
    static final int MIN_LIVE = 32;
    static final int MAX_LIVE = 96;
    private static final int LEASH = 1_000;

    final Instrument instrument;
    private final long[] ids = new long[MAX_LIVE];
    int live;
    int mid;

    Flow(Instrument instrument) {
      this.instrument = instrument;
      this.mid = instrument.referencePrice();
    }

    /** A random walk with steps of a tick, which the reference price holds on a leash. */
    void drift(Random random) {
      if (random.nextInt(50) == 0) {
        int away = mid - instrument.referencePrice();
        mid += random.nextInt(2 * LEASH) < LEASH + away ? -1 : 1;
      }
    }

    long remember(long id) {
      ids[live++] = id;
      return id;
    }

    long removeAny(Random random) {
      int index = random.nextInt(live);
      long id = ids[index];
      ids[index] = ids[--live];
      return id;
    }
  }
}
