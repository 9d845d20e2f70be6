package latencyscope.agent;

import java.io.IOException;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import jdk.jfr.Recording;

/**
 * The recording that the option {@code start} asks for, with its {@code file} and {@code duration}.
 */
final class StartedRecording {
  private StartedRecording() {}

  /** Starts it on a thread of its own: the flight recorder takes its time to come up. */
  static void inBackground(AgentOptions options) {
    Thread.ofPlatform().daemon().name("latencyscope-start").start(() -> start(options));
  }

  private static void start(AgentOptions options) {
    String profile = options.value("start");
    try {
      Recording recording = new Recording(ProfileSettings.of(profile));
      recording.setName("LatencyScope");
      recording.setToDisk(true);
      if (!options.value("file").isEmpty()) {
        recording.setDestination(Path.of(options.value("file")));
        recording.setDumpOnExit(true);
      }
      if (!options.value("duration").isEmpty()) {
        recording.setDuration(duration(options.value("duration")));
      }
      recording.start();
    } catch (IOException | ParseException | RuntimeException e) {
      Complaints.say("could not start the recording that start=" + profile + " asks for", e);
    }
  }

  /** {@code 10s}, {@code 500ms}, {@code 2m}, {@code 1h}, or plain seconds. */
  static Duration duration(String text) {
    String unit = text.replaceFirst("^\\d+", "");
    try {
      long number = Long.parseLong(text.substring(0, text.length() - unit.length()));
      return switch (unit) {
        case "ms" -> Duration.ofMillis(number);
        case "", "s" -> Duration.ofSeconds(number);
        case "m" -> Duration.ofMinutes(number);
        case "h" -> Duration.ofHours(number);
        default -> throw new IllegalArgumentException(unit);
      };
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "duration '" + text + "' is not like 10s, 500ms, 2m or 1h", e);
    }
  }
}
