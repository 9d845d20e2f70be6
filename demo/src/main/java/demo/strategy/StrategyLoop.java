package demo.strategy;

import demo.feed.Tick;
import demo.thread.Injection;
import demo.thread.KernelThread;
import demo.thread.SpscRing;

/** Spins on the ring and never waits: the {@code strategy} thread. */
public final class StrategyLoop implements Runnable {
  private final SpscRing<Tick> ring;
  private final Strategy strategy;
  private final Runnable rehearsal;
  private final Runnable ready;
  private final Injection injection = new Injection();
  private volatile KernelThread kernelThread;
  private volatile boolean dismissed;
  private volatile boolean stopped;

  /**
   * A loop that has not begun.
   *
   * @param rehearsal run first, on the thread, to get the code compiled
   * @param ready run when the loop is about to spin
   */
  public StrategyLoop(SpscRing<Tick> ring, Strategy strategy, Runnable rehearsal, Runnable ready) {
    this.ring = ring;
    this.strategy = strategy;
    this.rehearsal = rehearsal;
    this.ready = ready;
  }

  /**
   * Trades until the stream has ended and nobody needs the thread any more: the kernel's counts of
   * a thread are gone with it.
   */
  @Override
  public void run() {
    kernelThread = KernelThread.current();
    rehearsal.run();
    ready.run();
    boolean ended = false;
    while (!(ended && dismissed) && !stopped) {
      Tick tick = ring.poll();
      if (tick == null) {
        Thread.onSpinWait();
      } else {
        ended |= onTick(tick);
        ring.release();
      }
      injection.runPending();
    }
  }

  /** Any thread: it may end when the stream does. */
  public void dismiss() {
    dismissed = true;
  }

  /** Any thread: gives up, whatever is in the ring. */
  public void stop() {
    stopped = true;
  }

  /** The door for actions on the {@code strategy} thread; it opens between two messages. */
  public Injection injection() {
    return injection;
  }

  /** The thread as the kernel knows it; null before it runs. */
  public KernelThread kernelThread() {
    return kernelThread;
  }

  private boolean onTick(Tick tick) {
    if (tick.kind == Tick.Kind.END) {
      return true;
    }
    strategy.onTick(tick);
    return false;
  }
}
