package latencyscope.truth.workload;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import jdk.jfr.Recording;

/**
 * A JVM under the agent that records another process with one module, every single event of it.
 *
 * <p>Says {@code ready}, and writes the recording at the next line of its input.
 */
public final class OutsideRecorder {
  private OutsideRecorder() {}

  /**
   * Records.
   *
   * @param args process to watch, file to write, module, and the simple names of its events
   */
  public static void main(String[] args) throws Exception {
    try (Recording recording = new Recording()) {
      recording.setSettings(
          Map.of(
              "latencyscope.Capture#enabled", "true",
              "latencyscope.Capture#pid", args[0],
              "latencyscope.Capture#modules", args[2]));
      for (String event : List.of(args).subList(3, args.length)) {
        recording.enable("latencyscope." + event).withThreshold(Duration.ZERO);
      }
      recording.start();
      Capturing.await();
      System.out.println("ready");
      System.in.read();
      recording.stop();
      recording.dump(Path.of(args[1]));
    }
  }
}
