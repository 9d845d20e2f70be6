package latencyscope.cli;

import java.time.Duration;
import java.util.function.LongConsumer;

/** Waits for the end of a capture. Used by a single thread. */
final class CaptureWait {
  /** How a capture came to its end. */
  enum End {
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

  /** By far longer than a slow machine takes to load the programs. */
  private static final Duration START_LIMIT = Duration.ofSeconds(30);

  private final RunningCapture capture;
  private final CaptureRequest request;

  CaptureWait(RunningCapture capture, CaptureRequest request) {
    this.capture = capture;
    this.request = request;
  }

  /**
   * Waits until the time is up, the target has ended or the user has had enough. The time counts
   * from when the probes are in place.
   *
   * @param progress told about ten times a second how many nanoseconds are left
   * @throws UserError if the agent neither starts nor says why not
   */
  End await(Interrupts interrupts, LongConsumer progress) throws UserError {
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

  private boolean awaitProbes(Interrupts interrupts) throws UserError {
    long startedAt = System.nanoTime();
    while (!interrupts.asked()) {
      switch (capture.state()) {
        case "capturing" -> {
          return true;
        }
        case "failed" -> {
          return false;
        }
        default -> sleep(capture.stateMillis());
      }
      if (System.nanoTime() - startedAt > START_LIMIT.toNanos()) {
        throw new UserError(
            "the agent did not start to capture within " + START_LIMIT.toSeconds() + " s");
      }
    }
    return false;
  }

  static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
