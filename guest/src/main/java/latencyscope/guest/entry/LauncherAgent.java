package latencyscope.guest.entry;

import java.lang.instrument.Instrumentation;
import latencyscope.guest.channel.Hosts;

/**
 * Where {@code java -jar latencyscope.jar} enters the agent, before the command line's own main.
 *
 * <p>Says nothing itself: some commands need no agent. Those that do read why there is none from
 * the system property {@value #UNAVAILABLE}.
 */
public final class LauncherAgent {
  /** Property that says, in words, why this JVM cannot capture; not set if it can. */
  static final String UNAVAILABLE = "latencyscope.unavailable";

  /** Property that keeps the agent from printing what the command line will say itself. */
  static final String QUIET = "latencyscope.quiet";

  /** Some commands capture nothing, and those that do begin at once. */
  private static final String OPTIONS = "prepare=off";

  private LauncherAgent() {}

  /**
   * Called by the JVM because of {@code Launcher-Agent-Class} in the manifest.
   *
   * @param options always empty
   * @param instrumentation the JVM's services
   */
  public static void agentmain(String options, Instrumentation instrumentation) {
    System.setProperty(QUIET, "true");
    try {
      String missing = Requirements.missing();
      if (missing == null) {
        // To watch from outside with counts alone is not what somebody asks a command for.
        missing = Hosts.missing().orElse(null);
      }
      if (missing == null) {
        missing = Requirements.start(OPTIONS, instrumentation);
      }
      if (missing != null) {
        System.setProperty(UNAVAILABLE, missing);
      }
    } catch (Throwable t) {
      System.setProperty(UNAVAILABLE, String.valueOf(t));
    }
  }
}
