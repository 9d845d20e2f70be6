package demo.disease;

import demo.thread.Recurring;
import java.util.concurrent.TimeUnit;

/** A thread asks for a full collection again and again, as remote method invocation once did. */
final class GarbageCollections implements Disease {
  private static final long EVERY_MS = 250;

  private final Recurring caller =
      new Recurring("gc-caller", TimeUnit.MILLISECONDS.toNanos(EVERY_MS), this::collect);
  private long calls;

  @Override
  public String start() {
    caller.start();
    return "gc-caller calls System.gc() every " + EVERY_MS + " ms";
  }

  @Override
  public void stop() {
    caller.stop();
  }

  @Override
  public Provoked provoked() {
    return new Provoked(calls, "calls of System.gc()");
  }

  private void collect() {
    System.gc();
    calls++;
  }
}
