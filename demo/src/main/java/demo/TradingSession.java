package demo;

import demo.disease.Outbreak;
import demo.disease.Patient;
import demo.feed.Feed;
import demo.feed.FlowControl;
import demo.feed.MarketDataReceiver;
import demo.feed.MarketSimulator;
import demo.feed.Tick;
import demo.feed.Wire;
import demo.journal.Journal;
import demo.risk.DropCopy;
import demo.risk.RiskDesk;
import demo.strategy.Strategy;
import demo.strategy.StrategyLoop;
import demo.thread.SpscRing;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** One trading day, seconds long: wires the engine's parts, starts its threads and joins them. */
final class TradingSession implements AutoCloseable {
  private static final int OPEN_LIMIT_S = 20;
  private static final int RING_SLOTS = 4_096;
  private static final int REHEARSAL_MESSAGES = 150_000;
  private static final long REHEARSAL_LIMIT_S = 30;
  private static final long JOIN_MS = 2_000;

  private final Options options;
  private final Consumer<String> announcer;
  private final Wire wire;
  private final Journal journal;
  private final Journal rehearsalJournal;
  private final FlowControl flow = new FlowControl();
  private final RiskDesk risk = new RiskDesk();
  private final DropCopy dropCopy = new DropCopy(risk);
  private final Strategy strategy;
  private final Feed feed;
  private final MarketDataReceiver receiver;
  private final StrategyLoop strategyLoop;
  private final Outbreak outbreak;
  private final Crew crew = new Crew();
  private final CountDownLatch ready = new CountDownLatch(1);
  private Duration elapsed = Duration.ZERO;

  /**
   * An engine with its sockets and files, its threads not started.
   *
   * @param directory private to this session
   * @param announcer told what happens, in one line each
   */
  TradingSession(Options options, Path directory, Consumer<String> announcer) throws IOException {
    this.options = options;
    this.announcer = announcer;
    SpscRing<Tick> ring = new SpscRing<>(RING_SLOTS, Tick::new);
    journal = new Journal(directory.resolve("journal"));
    rehearsalJournal = new Journal(directory.resolve("rehearsal"));
    wire = Wire.open(options.port());
    wire.receiver().configureBlocking(!options.busyPoll());
    MarketSimulator market = new MarketSimulator(options.seed());
    strategy = new Strategy(risk, journal, true);
    feed = new Feed(wire.sender(), flow, market, options.messages(), options.rate());
    receiver = new MarketDataReceiver(wire.receiver(), flow, ring);
    strategyLoop = new StrategyLoop(ring, strategy, this::rehearse, ready::countDown);
    outbreak = new Outbreak(options.diseases(), patient(directory), announcer);
  }

  /**
   * Rehearses, trades until the feed has ended or the time limit is reached, joins all threads.
   *
   * @throws InterruptedException if told to give up; all threads have been told to end
   */
  void run() throws InterruptedException {
    try {
      crew.start("risk", dropCopy);
      crew.start("strategy", strategyLoop);
      outbreak.prepare();
      if (awaitReady()) {
        trade();
      }
    } finally {
      stop();
    }
  }

  /** False if a thread has failed. */
  private boolean awaitReady() throws InterruptedException {
    long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(REHEARSAL_LIMIT_S);
    while (!ready.await(10, TimeUnit.MILLISECONDS)) {
      if (crew.failure().isPresent()) {
        return false;
      }
      if (System.nanoTime() > deadlineNs) {
        throw new IllegalStateException(
            "the rehearsal did not end within " + REHEARSAL_LIMIT_S + " s");
      }
    }
    long openNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(OPEN_LIMIT_S);
    while (!options.mayOpen() && System.nanoTime() < openNs) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
    return crew.failure().isEmpty();
  }

  private void trade() throws InterruptedException {
    announcer.accept("market opens");
    long startNs = System.nanoTime();
    crew.start("md-receiver", receiver);
    crew.start("feed", feed);
    try {
      long plannedNs = options.planned().toNanos();
      if (crew.sleepUntil(startNs + plannedNs / 5)) {
        outbreak.start();
        crew.sleepUntil(startNs + plannedNs / 5 * 4);
      }
    } finally {
      outbreak.stop();
      strategyLoop.dismiss();
    }
    crew.join("feed", startNs + options.limit().toNanos());
    feed.stop();
    crew.join("strategy", System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(JOIN_MS));
    elapsed = Duration.ofNanos(System.nanoTime() - startNs);
    announcer.accept("market closed");
  }

  /**
   * After an orderly end all of this finds nothing left to stop. A receiver that waits in the
   * kernel is not told to stop before the feed's end can have reached it.
   */
  private void stop() throws InterruptedException {
    feed.stop();
    crew.join("md-receiver", System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(JOIN_MS));
    receiver.stop();
    strategyLoop.stop();
    risk.close();
    crew.joinAll(JOIN_MS);
  }

  /** On the strategy thread: trades a separate market, unseen, until the code is compiled. */
  private void rehearse() {
    Strategy understudy = new Strategy(new RiskDesk(), rehearsalJournal, false);
    MarketSimulator market = new MarketSimulator(~options.seed());
    Tick tick = new Tick();
    for (int i = 0; i < REHEARSAL_MESSAGES; i++) {
      market.next(tick);
      tick.receivedNs = System.nanoTime();
      understudy.onTick(tick);
    }
  }

  /** What made a thread fail, if one did. */
  Optional<Throwable> failure() {
    return crew.failure();
  }

  /** The figures of the day, after {@link #run}. */
  Outcome outcome() {
    return new Outcome(
        options,
        strategy,
        receiver,
        risk,
        elapsed,
        journal.records(),
        dropCopy.reconciles(),
        outbreak.provoked());
  }

  @Override
  public void close() throws IOException {
    wire.close();
  }

  private Patient patient(Path directory) {
    Duration window = options.planned().multipliedBy(3).dividedBy(5);
    return new Patient(
        strategyLoop, receiver, wire.receiver(), flow, risk, journal, directory, window);
  }
}
