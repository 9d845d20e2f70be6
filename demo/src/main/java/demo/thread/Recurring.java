package demo.thread;

import java.util.concurrent.locks.LockSupport;

/** A named thread that repeats a step at a steady pause until it is stopped. */
public final class Recurring {
  private final Thread thread;
  private final Runnable step;
  private final long pauseNs;
  private volatile boolean stopped;

  /** Not started; {@code pauseNs} is from the end of one step to the start of the next. */
  public Recurring(String name, long pauseNs, Runnable step) {
    this.thread = new Thread(this::loop, name);
    this.step = step;
    this.pauseNs = pauseNs;
  }

  /** Starts the thread. */
  public void start() {
    thread.start();
  }

  /** Lets the step under way end, then joins the thread. */
  public void stop() {
    stopped = true;
    LockSupport.unpark(thread);
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void loop() {
    while (!stopped) {
      step.run();
      pause();
    }
  }

  private void pause() {
    long end = System.nanoTime() + pauseNs;
    for (long left = pauseNs; left > 0 && !stopped; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
