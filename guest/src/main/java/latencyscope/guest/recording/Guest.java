package latencyscope.guest.recording;

import java.lang.instrument.Instrumentation;
import jdk.jfr.FlightRecorder;
import latencyscope.guest.settings.AgentOptions;
import latencyscope.guest.settings.Complaints;

/**
 * The agent as a guest of the engine: arrives, and from then on acts only when a recording asks.
 *
 * <p>Does as little as it can on the engine's start path: it registers a listener, and leaves the
 * flight recorder uninitialised unless an option says to record at once. What a first capture would
 * need besides is prepared once, beside the engine, soon after.
 */
public final class Guest {
  private static RecordingSwitch current;

  private Guest() {}

  /**
   * Called for each load of the agent; later ones replace the options of the first.
   *
   * @param options agent options, or null
   * @param instrumentation the JVM's services
   * @return null, or what keeps the agent from working, as the middle of a sentence
   */
  public static synchronized String arrive(String options, Instrumentation instrumentation) {
    AgentOptions parsed = AgentOptions.parse(options);
    // Not a lambda: the first one of a JVM takes as long as all of this.
    for (String problem : parsed.problems()) {
      Complaints.say(problem);
    }
    if (current == null) {
      current = new RecordingSwitch(parsed, instrumentation);
      FlightRecorder.addListener(current);
      if (parsed.prepares()) {
        Preparation.begin(parsed, instrumentation);
      }
    } else if (parsed.commands().contains(AgentOptions.STATUS)) {
      current.sayStatus();
    } else {
      current.setOptions(parsed);
    }
    if (!parsed.value("start").isEmpty() || !parsed.value("trigger").isEmpty()) {
      StartedRecording.inBackground(parsed);
    }
    return null;
  }
}
