package demo.disease;

import demo.thread.KernelThread;
import demo.thread.Recurring;
import java.util.concurrent.TimeUnit;

/** The strategy thread sleeps for a millisecond, as a forgotten back-off would make it. */
final class Sleeps implements Disease {
  private static final long EVERY_MS = 20;

  private final Patient patient;
  private final Recurring caller =
      new Recurring("sleep-caller", TimeUnit.MILLISECONDS.toNanos(EVERY_MS), this::ask);
  private KernelThread strategy;
  private long switches;
  // Written by the strategy's thread alone.
  private volatile long slept;

  Sleeps(Patient patient) {
    this.patient = patient;
  }

  @Override
  public String start() {
    strategy = patient.strategy().kernelThread();
    switches = strategy.voluntarySwitches();
    caller.start();
    return "strategy calls Thread.sleep(1) every " + EVERY_MS + " ms";
  }

  @Override
  public void stop() {
    caller.stop();
    switches = strategy.voluntarySwitches() - switches;
  }

  @Override
  public Provoked provoked() {
    return new Provoked(
        slept, "calls of Thread.sleep(1) on strategy; its voluntary switches: " + switches);
  }

  private void ask() {
    patient.strategy().injection().offer(this::sleep);
  }

  private void sleep() {
    try {
      Thread.sleep(1);
      slept++;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
