package latencyscope.agent;

import java.io.IOException;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import jdk.jfr.Recording;
import latencyscope.jfr.Profile;

/**
 * The recording that the option {@code start} asks for, with its {@code file} and {@code duration};
 * or the one that {@code trigger} needs to have something to write.
 */
final class StartedRecording {
  /** A trigger writes whole chunks, and a while after it was met. */
  private static final Duration MARGIN = Duration.ofSeconds(30);

  private StartedRecording() {}

  /** Starts it on a thread of its own: the flight recorder takes its time to come up. */
  static void inBackground(AgentOptions options) {
    Thread.ofPlatform().daemon().name("latencyscope-start").start(() -> start(options));
  }

  private static void start(AgentOptions options) {
    String asked = options.value("start");
    String profile = asked.isEmpty() ? Profile.PRODUCTION.profileName() : asked;
    try {
      Recording recording = new Recording(ProfileSettings.of(profile));
      recording.setName("LatencyScope");
      recording.setToDisk(true);
      if (!options.value("file").isEmpty()) {
        Path file = Path.of(options.value("file"));
        createPrivate(file);
        recording.setDestination(file);
        recording.setDumpOnExit(true);
      }
      if (!options.value("duration").isEmpty()) {
        recording.setDuration(AgentOptions.duration(options.value("duration")));
      }
      if (asked.isEmpty()) {
        // For triggers alone: what they will not write need not be kept.
        recording.setMaxAge(options.triggerLast().plus(MARGIN));
      }
      recording.start();
    } catch (IOException | ParseException | RuntimeException e) {
      Complaints.say("could not start the recording that start=" + profile + " asks for", e);
    }
  }

  // The recorder would create it with whatever the user mask allows. One that is there keeps its
  // mode; where none can be created, the recorder says why.
  private static void createPrivate(Path file) {
    try {
      PrivateFile.create(file).close();
    } catch (IOException e) {
      return;
    }
  }
}
