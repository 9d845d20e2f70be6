package latencyscope.junit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;

/** A capture of this process by the agent in it. Used by one thread at a time. */
final class AgentCapture implements AutoCloseable {
  private static final String EVENTS = "latencyscope.";
  private static final String STATE = "latencyscope.state";
  private static final String FAILURE = "latencyscope.failure";
  private static final long START_LIMIT_NS = TimeUnit.MINUTES.toNanos(1);
  private static final long LOOK_MS = 5;

  /** What the JVM itself records meanwhile: safepoints, and what threads wait for. */
  private static final Map<String, String> OF_JVM =
      Map.of(
          "jdk.SafepointBegin", "0 ms",
          "jdk.SafepointEnd", "0 ms",
          "jdk.ExecuteVMOperation", "0 ms",
          "jdk.GCPhasePause", "0 ms",
          "jdk.ThreadPark", "0 ms",
          "jdk.ThreadSleep", "0 ms",
          "jdk.JavaMonitorEnter", "0 ms");

  private final Recording recording;

  private AgentCapture(Recording recording) {
    this.recording = recording;
  }

  /**
   * Starts to capture, and waits until the probes are in place.
   *
   * @throws IOException with the reason if nothing can be captured
   */
  static AgentCapture start() throws IOException {
    Recording recording = new Recording();
    recording.setName("latencyscope-junit");
    boolean agent = false;
    for (EventType type : FlightRecorder.getFlightRecorder().getEventTypes()) {
      if (type.getName().startsWith(EVENTS)) {
        recording.enable(type.getName());
        agent = true;
      }
    }
    if (!agent) {
      recording.close();
      throw new IOException(
          "this JVM has no LatencyScope agent; start it with -javaagent:latencyscope.jar");
    }
    for (String event : new String[] {"jdk.ActiveSetting", "jdk.JVMInformation", "jdk.DataLoss"}) {
      recording.enable(event);
    }
    OF_JVM.forEach((event, threshold) -> recording.enable(event).with("threshold", threshold));
    recording.start();
    AgentCapture capture = new AgentCapture(recording);
    try {
      capture.awaitProbes();
      return capture;
    } catch (IOException e) {
      capture.close();
      throw e;
    }
  }

  private void awaitProbes() throws IOException {
    long startedAt = System.nanoTime();
    while (true) {
      switch (System.getProperty(STATE, "")) {
        case "capturing" -> {
          return;
        }
        case "failed", "stopped" ->
            throw new IOException(
                "nothing can be captured: "
                    + System.getProperty(FAILURE, "latencyscope doctor lists what is missing"));
        default -> {} // still loading
      }
      if (System.nanoTime() - startedAt > START_LIMIT_NS) {
        throw new IOException("the agent did not start to capture within a minute");
      }
      try {
        Thread.sleep(LOOK_MS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while the probes were being loaded", e);
      }
    }
  }

  /** Ends the capture and writes what was recorded. */
  void finish(Path file) throws IOException {
    recording.stop();
    recording.dump(file);
  }

  @Override
  public void close() {
    recording.close();
  }
}
