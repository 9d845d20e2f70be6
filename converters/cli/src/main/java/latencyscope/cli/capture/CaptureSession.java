package latencyscope.cli.capture;

import java.io.IOException;
import java.nio.file.Path;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.RecordingState;
import latencyscope.cli.console.UserError;
import latencyscope.jfr.schema.EventDescription;
import latencyscope.jfr.schema.EventTypes;

/**
 * One recording of this process's flight recorder, which the agent in this process fills.
 *
 * <p>Used by a single thread.
 */
public final class CaptureSession implements RunningCapture {
  private static final int NEEDED_JDK = 25;
  static final long STATE_MILLIS = 2;

  /** What the agent in this process says of its capture: starting, capturing, failed, stopped. */
  public static final String STATE = "latencyscope.state";

  /** Why the agent's last capture ended before its time. */
  static final String FAILURE = "latencyscope.failure";

  /** Why there is no agent in this process; not set if there is one. */
  static final String UNAVAILABLE = "latencyscope.unavailable";

  private final Recording recording;

  private CaptureSession(Recording recording) {
    this.recording = recording;
  }

  /**
   * Starts to capture.
   *
   * @throws UserError if there is no agent in this process to do it
   */
  public static CaptureSession start(CaptureRequest request) throws UserError {
    requireAgent();
    Recording recording = new Recording();
    recording.setName("latencyscope");
    recording.setSettings(request.settings());
    recording.start();
    return new CaptureSession(recording);
  }

  /**
   * Checks that this process has an agent.
   *
   * @throws UserError if it has none, or cannot have one
   */
  public static void requireAgent() throws UserError {
    requireJdk();
    boolean registered =
        FlightRecorder.isAvailable()
            && FlightRecorder.getFlightRecorder().getEventTypes().stream()
                .anyMatch(
                    type -> type.getName().equals(EventDescription.PREFIX + EventTypes.CAPTURE));
    if (!registered) {
      throw new UserError(
          "nothing can be captured, because this process has no LatencyScope agent; start it as"
              + " java -jar latencyscope.jar, or with -javaagent:latencyscope.jar");
    }
  }

  /**
   * Checks that this JVM can have an agent.
   *
   * @throws UserError if it cannot
   */
  public static void requireJdk() throws UserError {
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

  @Override
  public String state() throws UserError {
    return ownState();
  }

  /** What the agent in this process says of its capture. */
  static String ownState() throws UserError {
    String state = System.getProperty(STATE, "");
    if (state.equals("stopped")) {
      throw new UserError(
          "nothing could be captured: " + System.getProperty(FAILURE, "the capture was stopped"));
    }
    return state;
  }

  @Override
  public long stateMillis() {
    return STATE_MILLIS;
  }

  @Override
  public void finish(Path file) throws UserError {
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
