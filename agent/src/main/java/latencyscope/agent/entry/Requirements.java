package latencyscope.agent.entry;

import java.lang.instrument.Instrumentation;
import java.lang.reflect.InvocationTargetException;

/** What a JVM must have before the agent's own classes can be loaded into it. */
final class Requirements {
  private static final int JAVA = 25;

  private Requirements() {}

  /** Says what is missing, as the middle of a sentence; null if nothing is. */
  static String missing() {
    Runtime.Version version = Runtime.version();
    if (version.feature() < JAVA) {
      return "it needs Java " + JAVA + " or newer, this is Java " + version;
    }
    if (!System.getProperty("os.name").equals("Linux")) {
      return "it needs Linux, this is " + System.getProperty("os.name");
    }
    if (!hasFlightRecorder()) {
      return "it needs the JDK Flight Recorder, this JVM has no module jdk.jfr";
    }
    return null;
  }

  static boolean hasFlightRecorder() {
    return ModuleLayer.boot().findModule("jdk.jfr").isPresent();
  }

  /** Lets the agent in; says what keeps it out, as {@link #missing} does. */
  static String start(String options, Instrumentation instrumentation) throws Throwable {
    try {
      // By name: a direct reference would make an old JVM fail to load this class.
      return (String)
          Class.forName("latencyscope.agent.Guest")
              .getMethod("arrive", String.class, Instrumentation.class)
              .invoke(null, options, instrumentation);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
