package latencyscope.guest.recording;

import java.io.IOException;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import jdk.jfr.Recording;
import jdk.jfr.RecordingState;
import latencyscope.guest.settings.AgentOptions;
import latencyscope.guest.settings.Complaints;
import latencyscope.guest.settings.DaemonThread;
import latencyscope.guest.settings.PrivateFile;
import latencyscope.guest.settings.ProfileSettings;
import latencyscope.jfr.Profile;

/**
 * The recording that the option {@code start} asks for, with its {@code file} and {@code duration};
 * or the one that {@code trigger} needs to have something to write.
 */
final class StartedRecording {
  /** A trigger writes whole chunks, and a while after it was met. */
  private static final Duration MARGIN = Duration.ofSeconds(30);

  /** The one that is there for triggers alone; null if none was started. */
  private static Recording forTriggers;

  private StartedRecording() {}

  /** Starts it on a separate thread: the flight recorder takes its time to come up. */
  static void inBackground(AgentOptions options) {
    DaemonThread.start("latencyscope-start", () -> start(options));
  }

  private static synchronized void start(AgentOptions options) {
    String asked = options.value("start");
    boolean forTriggersAlone = asked.isEmpty();
    boolean named = !options.value("file").isEmpty() || !options.value("duration").isEmpty();
    Duration age = options.triggerLast().plus(MARGIN);
    if (forTriggersAlone && !named && holds(age)) {
      return; // the agent was loaded again
    }
    String profile = forTriggersAlone ? Profile.PRODUCTION.profileName() : asked;
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
      if (forTriggersAlone) {
        recording.setMaxAge(age); // what they will not write need not be kept
        forTriggers = recording;
      }
      recording.start();
    } catch (IOException | ParseException | RuntimeException e) {
      Complaints.say("could not start the recording of start=" + profile, e);
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

  /** Whether one runs for triggers already; it then holds what is not older than that. */
  private static boolean holds(Duration age) {
    if (forTriggers == null || forTriggers.getState() != RecordingState.RUNNING) {
      return false;
    }
    if (forTriggers.getMaxAge().compareTo(age) < 0) {
      forTriggers.setMaxAge(age);
    }
    return true;
  }
}
