package latencyscope.cli.capture;

import java.util.LinkedHashMap;
import java.util.Map;
import latencyscope.jfr.Profile;
import latencyscope.jfr.schema.EventDescription;
import latencyscope.jfr.schema.EventTypes;

/** What a target's own flight recorder is asked for. */
final class JvmSettings {
  private static final String JDK = "jdk.";
  private static final String STACK_TRACE = "#stackTrace";

  private JvmSettings() {}

  /**
   * Of a JVM that is watched from outside: names and pauses, and what its threads wait for. Without
   * stack traces, which would cost it several times what the events themselves do.
   */
  static Map<String, String> fromOutside() {
    Map<String, String> settings = ofJvm();
    settings.replaceAll((key, value) -> key.endsWith(STACK_TRACE) ? "false" : value);
    return settings;
  }

  /** Of a JVM with an agent: the same as it would record in production. */
  static Map<String, String> withAgent(CaptureRequest request) {
    Map<String, String> settings = new LinkedHashMap<>(request.settings());
    settings.put(EventDescription.PREFIX + EventTypes.CAPTURE + "#pid", "");
    settings.putAll(ofJvm());
    return settings;
  }

  private static Map<String, String> ofJvm() {
    Map<String, String> settings = new LinkedHashMap<>(Profile.PRODUCTION.settings());
    settings.keySet().removeIf(key -> !key.startsWith(JDK));
    return settings;
  }
}
