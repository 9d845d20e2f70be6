package latencyscope.guest.entry;

import java.lang.instrument.Instrumentation;

/**
 * Where a JVM enters the agent, by {@code -javaagent} or by {@code jcmd PID JVMTI.agent_load}.
 *
 * <p>This package is compiled for Java 17, so that an engine on an old JVM starts, and one line
 * says what is missing. Nothing is ever thrown at the engine.
 */
public final class JavaAgent {
  private static String said;

  private JavaAgent() {}

  /**
   * Called by the JVM before the engine's {@code main}.
   *
   * @param options agent options, or null
   * @param instrumentation the JVM's services
   */
  public static void premain(String options, Instrumentation instrumentation) {
    start(options, instrumentation);
  }

  /**
   * Called by the JVM when the agent is loaded into a running engine, each time that it is.
   *
   * @param options agent options, or null
   * @param instrumentation the JVM's services
   */
  public static void agentmain(String options, Instrumentation instrumentation) {
    start(options, instrumentation);
  }

  private static void start(String options, Instrumentation instrumentation) {
    try {
      String missing = Requirements.missing();
      say(missing != null ? missing : Requirements.start(options, instrumentation));
    } catch (Throwable t) {
      say(String.valueOf(t));
    }
  }

  // Once: an agent that is loaded again lacks the same.
  private static synchronized void say(String missing) {
    if (missing == null || missing.equals(said)) {
      return;
    }
    said = missing;
    System.err.println("LatencyScope: not active: " + missing + "; the application is unaffected");
    if (Requirements.hasFlightRecorder()) {
      Absence.record(missing);
    }
  }
}
