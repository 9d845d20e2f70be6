package latencyscope.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.LongConsumer;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.RecordingState;

/**
 * One recording of this process's flight recorder, which the agent in this process fills.
 *
 * <p>Used by a single thread.
 */
final class CaptureSession implements AutoCloseable {
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

  private static final int NEEDED_JDK = 25;
  private static final long CHECK_MILLIS = 100;
  private static final long START_CHECK_MILLIS = 2;

  /** By far longer than a slow machine takes to load the programs. */
  private static final Duration START_LIMIT = Duration.ofSeconds(30);

  /** What the agent in this process says of its capture: starting, capturing, failed, stopped. */
  static final String STATE = "latencyscope.state";

  /** Why there is no agent in this process; not set if there is one. */
  static final String UNAVAILABLE = "latencyscope.unavailable";

  private final CaptureRequest request;
  private final Recording recording;

  private CaptureSession(CaptureRequest request, Recording recording) {
    this.request = request;
    this.recording = recording;
  }

  /**
   * Starts to capture.
   *
   * @throws UserError if there is no agent in this process to do it
   */
  static CaptureSession start(CaptureRequest request) throws UserError {
    requireAgent();
    Recording recording = new Recording();
    recording.setName("latencyscope");
    recording.setSettings(request.settings());
    recording.start();
    return new CaptureSession(request, recording);
  }

  /**
   * Checks that this process has an agent.
   *
   * @throws UserError if it has none, or cannot have one
   */
  static void requireAgent() throws UserError {
    requireJdk();
    boolean registered =
        FlightRecorder.isAvailable()
            && FlightRecorder.getFlightRecorder().getEventTypes().stream()
                .anyMatch(type -> type.getName().equals("latencyscope.Capture"));
    if (!registered) {
      throw new UserError(
          "there is no LatencyScope agent in this process, so nothing can be captured; start it"
              + " as java -jar latencyscope.jar, or with -javaagent:latencyscope.jar");
    }
  }

  /**
   * Checks that this JVM can have an agent.
   *
   * @throws UserError if it cannot
   */
  static void requireJdk() throws UserError {
    String unavailable = System.getProperty(UNAVAILABLE);
    if (unavailable != null) {
      throw new UserError(
          "nothing can be captured: "
              + unavailable
              + "; start it with another one: JAVA_HOME=/path/to/jdk-25 latencyscope ..."
              + " (the command report works here)");
    }
    int jdk = Runtime.version().feature();
    if (jdk < NEEDED_JDK) {
      throw new UserError(
          "capture needs JDK 25 or newer, this is "
              + jdk
              + "; start it with another one: JAVA_HOME=/path/to/jdk-25 latencyscope ..."
              + " (the command report works here)");
    }
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

  private static boolean awaitProbes(Interrupts interrupts) throws UserError {
    long startedAt = System.nanoTime();
    while (!interrupts.asked()) {
      switch (System.getProperty(STATE, "")) {
        case "capturing" -> {
          return true;
        }
        case "failed" -> {
          return false;
        }
        case "stopped" -> throw new UserError("the capture ended before it began, as said above");
        default -> sleep(START_CHECK_MILLIS);
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

  /** Ends the capture and writes what was recorded. */
  void finish(Path file) throws UserError {
    try {
      // The agent's last records are written while the recording still runs, at its dump.
      if (recording.getState() == RecordingState.RUNNING) {
        recording.stop();
      }
      recording.dump(file);
    } catch (IOException e) {
      throw new UserError("the recording could not be written to " + file + ": " + e, e);
    }
  }

  @Override
  public void close() {
    recording.close();
  }
}
