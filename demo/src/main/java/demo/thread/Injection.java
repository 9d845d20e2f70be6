package demo.thread;

import java.util.concurrent.atomic.AtomicReference;

/**
 * A door in a thread's loop through which another thread makes it do something once.
 *
 * <p>A closed door costs the loop one read of a line that nobody writes.
 */
public final class Injection {
  private final AtomicReference<Runnable> pending = new AtomicReference<>();

  /** Any thread: leaves an action, unless one is still waiting; returns whether it did. */
  public boolean offer(Runnable action) {
    return pending.compareAndSet(null, action);
  }

  /** The loop: runs the action that waits, if any. */
  public void runPending() {
    Runnable action = pending.getAcquire();
    if (action != null) {
      pending.setRelease(null);
      action.run();
    }
  }
}
