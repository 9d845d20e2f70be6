package latencyscope.cli.capture;

import java.time.Duration;
import java.util.function.LongConsumer;
import latencyscope.cli.console.Interrupts;
import latencyscope.cli.console.UserError;

/** Waits for the end of a capture. Used by a single thread. */
public final class CaptureWait {
  /** How a capture came to its end. */
  public enum End {
    /** The time was up. */
    TIME,
    /** The user had enough. */
    INTERRUPTED,
    /** The target ended. */
    TARGET_GONE,
    /** Nothing can be captured; the recording says why. */
    FAILED
  }

  private static final long CHECK_MILLIS = 100;
  private static final int ENDING_CHECKS = 20;
  private static final long ENDING_MILLIS = 25;

  /** Longer than a machine takes to load the programs, also one that is emulated. */
  private static final Duration START_LIMIT = Duration.ofMinutes(2);

  private final RunningCapture capture;
  private final CaptureRequest request;

  public CaptureWait(RunningCapture capture, CaptureRequest request) {
    this.capture = capture;
    this.request = request;
  }

  /**
   * Waits until the time is up, the target has ended or the user has had enough. The time counts
   * from when the probes are in place.
   *
   * @param progress gets the nanoseconds that are left, about ten times a second
   * @throws UserError if the agent neither starts nor says why not
   */
  public End await(Interrupts interrupts, LongConsumer progress) throws UserError {
    if (!awaitProbes(interrupts)) {
      return interrupts.asked() ? End.INTERRUPTED : End.FAILED;
    }
    long startedAt = System.nanoTime();
    long total = request.duration().toNanos();
    while (true) {
      long left = total - (System.nanoTime() - startedAt);
      if (left <= 0) {
        return End.TIME;
      }
      if (interrupts.asked() || Thread.currentThread().isInterrupted()) {
        return End.INTERRUPTED;
      }
      if (request.target() != null && !request.target().alive()) {
        return End.TARGET_GONE;
      }
      progress.accept(left);
      sleep(Math.min(Duration.ofNanos(left).toMillis() + 1, CHECK_MILLIS));
    }
  }

  /**
   * Waits until the probes are in place.
   *
   * @return false if the user had enough, or nothing can be captured; the recording says why
   * @throws UserError if the agent neither starts nor says why not
   */
  public boolean awaitProbes(Interrupts interrupts) throws UserError {
    long startedAt = System.nanoTime();
    long checkedAt = startedAt;
    while (!interrupts.asked()) {
      switch (state()) {
        case "capturing" -> {
          return true;
        }
        case "failed" -> {
          requireTarget();
          return false;
        }
        default -> sleep(capture.stateMillis());
      }
      long now = System.nanoTime();
      if (now - checkedAt > Duration.ofMillis(CHECK_MILLIS).toNanos()) {
        requireTarget();
        checkedAt = now;
      }
      if (now - startedAt > START_LIMIT.toNanos()) {
        throw new UserError(
            "the agent did not start to capture within " + START_LIMIT.toSeconds() + " s");
      }
    }
    return false;
  }

  private String state() throws UserError {
    try {
      return capture.state();
    } catch (UserError e) {
      throw causeOf(e, request);
    }
  }

  /**
   * An error, or that the target has ended, which is the cause of any other. One that is ending has
   * closed its files for some milliseconds before it is gone.
   */
  static UserError causeOf(UserError error, CaptureRequest request) {
    for (int i = 0; i < ENDING_CHECKS; i++) {
      try {
        requireTarget(request);
      } catch (UserError ended) {
        return ended;
      }
      sleep(ENDING_MILLIS);
    }
    return error;
  }

  private void requireTarget() throws UserError {
    requireTarget(request);
  }

  /**
   * Checks that the target lives, before there is anything of it.
   *
   * @throws UserError if it does not
   */
  public static void requireTarget(CaptureRequest request) throws UserError {
    if (request.target() != null && !request.target().alive()) {
      throw new UserError(
          "process "
              + request.target().pid()
              + " ended while the probes were being loaded: nothing was captured");
    }
  }

  public static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
