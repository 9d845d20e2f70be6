package demo.disease;

import demo.thread.Recurring;
import java.util.concurrent.TimeUnit;

/** A second thread takes the risk lock again and again, and keeps it longer than anyone should. */
final class LockHandoff implements Disease {
  private static final long HOLD_US = 500;
  private static final long PAUSE_MS = 2;

  private final Patient patient;
  private final Recurring rival =
      new Recurring("lock-rival", TimeUnit.MILLISECONDS.toNanos(PAUSE_MS), this::hold);
  private long held;
  private long contended;

  LockHandoff(Patient patient) {
    this.patient = patient;
  }

  @Override
  public String start() {
    contended = patient.risk().contended();
    rival.start();
    return "lock-rival holds the risk lock for " + HOLD_US + " µs every " + PAUSE_MS + " ms";
  }

  @Override
  public void stop() {
    rival.stop();
    contended = patient.risk().contended() - contended;
  }

  @Override
  public Provoked provoked() {
    return new Provoked(
        held, "holds of " + HOLD_US + " µs; strategy found the lock taken: " + contended);
  }

  private void hold() {
    patient.risk().holdLock(TimeUnit.MICROSECONDS.toNanos(HOLD_US));
    held++;
  }
}
