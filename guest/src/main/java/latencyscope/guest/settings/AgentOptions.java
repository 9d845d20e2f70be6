package latencyscope.guest.settings;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import latencyscope.jfr.TimeText;

/**
 * The text after {@code -javaagent:latencyscope.jar=}: {@code key=value,key=value}.
 *
 * <p>A colon does for the equals sign, because {@code jcmd} eats the latter unless it is quoted. A
 * part without a key continues the value before it, so that {@code cpus=4,5,6-7} means what it
 * says. Anything wrong becomes a sentence in {@link #problems}; the rest stays in force.
 */
public record AgentOptions(
    Map<String, String> values, Set<String> commands, List<String> problems) {
  private static final String PREPARE = "prepare";

  static final List<String> KEYS =
      Arrays.stream(AgentOption.values()).map(AgentOption::key).toList();

  /** Keys without a value, for an agent that is loaded already. */
  public static final List<String> COMMANDS = List.of(AgentOptions.STOP, AgentOptions.STATUS);

  /** Captures nothing until the agent is loaded again. */
  public static final String STOP = "stop";

  /** Prints what the agent is doing. */
  public static final String STATUS = "status";

  public AgentOptions {
    values = Map.copyOf(values);
    commands = Set.copyOf(commands);
    problems = List.copyOf(problems);
  }

  public static AgentOptions parse(String text) {
    Map<String, String> values = new LinkedHashMap<>();
    Set<String> commands = new HashSet<>();
    List<String> problems = new ArrayList<>();
    String current = null;
    for (String part : text == null || text.isBlank() ? new String[0] : text.split(",")) {
      String token = part.strip();
      int separator = separator(token);
      if (separator < 0) {
        if (COMMANDS.contains(token)) {
          commands.add(token);
        } else if (KEYS.contains(token)) {
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
    String prepare = values.getOrDefault(PREPARE, "on");
    if (!Set.of("on", "off").contains(prepare)) {
      problems.add(PREPARE + " '" + prepare + "' is neither on nor off; using on");
    }
    return new AgentOptions(values, commands, problems);
  }

  /** Whether there is a command for an agent that is loaded already. */
  public boolean hasCommand() {
    return !commands.isEmpty();
  }

  /** Value of a key, or "" if it was not given. */
  public String value(String key) {
    return values.getOrDefault(key, "");
  }

  private static int separator(String token) {
    int equals = token.indexOf('=');
    int colon = token.indexOf(':');
    return equals < 0 ? colon : colon < 0 ? equals : Math.min(equals, colon);
  }

  private static String unknown(String key) {
    return "unknown option '"
        + key
        + "'; the options are "
        + String.join(", ", KEYS)
        + ", and the commands "
        + String.join(", ", COMMANDS);
  }

  /** Whether what a first capture needs is prepared before there is one. */
  public boolean prepares() {
    return !value(PREPARE).equals("off");
  }

  /** How much a trigger writes. */
  public Duration triggerLast() {
    return duration("trigger.last", Duration.ofSeconds(30));
  }

  /** For how long no further file is written after a trigger. */
  public Duration triggerCoolDown() {
    return duration("trigger.cooldown", Duration.ofSeconds(60));
  }

  private Duration duration(String key, Duration byDefault) {
    String value = value(key);
    try {
      return value.isEmpty() ? byDefault : duration(value);
    } catch (IllegalArgumentException e) {
      Complaints.say(key + ": " + e.getMessage());
      return byDefault;
    }
  }

  /** {@code 10s}, {@code 500ms}, {@code 2m}, {@code 1h}, or plain seconds. */
  public static Duration duration(String text) {
    try {
      return TimeText.parse(text, "s");
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "duration '" + text + "' is not a duration such as 10s, 500ms, 2m or 1h", e);
    }
  }
}
