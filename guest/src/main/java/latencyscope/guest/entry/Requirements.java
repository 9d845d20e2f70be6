package latencyscope.guest.entry;

import java.lang.instrument.Instrumentation;
import jdk.jfr.FlightRecorder;
import latencyscope.guest.recording.Guest;

/** What a JVM must have before the agent's own classes can be loaded into it. */
final class Requirements {
  private Requirements() {}

  /** Says what is missing, as the middle of a sentence; null if nothing is. */
  static String missing() {
    if (!System.getProperty("os.name").equals("Linux")) {
      return "it requires Linux, and this is " + System.getProperty("os.name");
    }
    if (!hasFlightRecorder()) {
      return "it requires the JDK Flight Recorder, and this JVM has no module jdk.jfr";
    }
    if (!FlightRecorder.isAvailable()) {
      return "it requires the JDK Flight Recorder; start this JVM without -XX:-FlightRecorder";
    }
    return null;
  }

  static boolean hasFlightRecorder() {
    return ModuleLayer.boot().findModule("jdk.jfr").isPresent();
  }

  /** Lets the agent in; says what keeps it out, as {@link #missing} does. */
  static String start(String options, Instrumentation instrumentation) {
    // Resolved when it is called, which a JVM without the flight recorder never does.
    return Guest.arrive(options, instrumentation);
  }
}
