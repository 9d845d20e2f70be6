package latencyscope.agent;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The text after {@code -javaagent:latencyscope.jar=}: {@code key=value,key=value}.
 *
 * <p>A colon does for the equals sign, because {@code jcmd} eats the latter unless it is quoted. A
 * part without a key continues the value before it, so that {@code cpus=4,5,6-7} means what it
 * says. Anything wrong becomes a sentence in {@link #problems}; the rest stays in force.
 */
record AgentOptions(Map<String, String> values, List<String> problems) {
  static final List<String> KEYS =
      List.of("modules", "threads", "cpus", "interface", "drain.cpus", "start", "file", "duration");

  AgentOptions {
    values = Map.copyOf(values);
    problems = List.copyOf(problems);
  }

  static AgentOptions parse(String text) {
    Map<String, String> values = new LinkedHashMap<>();
    List<String> problems = new ArrayList<>();
    String current = null;
    for (String part : text == null || text.isBlank() ? new String[0] : text.split(",")) {
      String token = part.strip();
      int separator = separator(token);
      if (separator < 0) {
        if (KEYS.contains(token)) {
          problems.add(
              token + " was given without a value; write " + token + "=VALUE (quoted for jcmd)");
        } else if (current != null) {
          values.merge(current, token, (head, tail) -> head + "," + tail);
        } else if (!token.isEmpty()) {
          problems.add(unknown(token));
        }
        continue;
      }
      String key = token.substring(0, separator);
      current = KEYS.contains(key) ? key : null;
      if (current == null) {
        problems.add(unknown(key));
      } else {
        values.put(key, token.substring(separator + 1));
      }
    }
    return new AgentOptions(values, problems);
  }

  /** Value of a key, or "" if it was not given. */
  String value(String key) {
    return values.getOrDefault(key, "");
  }

  private static int separator(String token) {
    int equals = token.indexOf('=');
    int colon = token.indexOf(':');
    return equals < 0 ? colon : colon < 0 ? equals : Math.min(equals, colon);
  }

  private static String unknown(String key) {
    return "unknown option '" + key + "'; the options are " + String.join(", ", KEYS);
  }
}
