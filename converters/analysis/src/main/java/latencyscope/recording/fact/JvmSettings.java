package latencyscope.recording.fact;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import latencyscope.jfr.TimeText;
import latencyscope.recording.event.EventType;
import org.openjdk.jmc.common.util.LabeledIdentifier;

/**
 * From which length on the JVM recorded events of its own, by {@code jdk.ActiveSetting}: that a
 * thread has no {@code jdk.ThreadPark} says something only of waits that would have had one.
 *
 * <p>Not safe for use by several threads while it is being filled.
 */
public final class JvmSettings {
  /** The type of the events that say it. */
  public static final String TYPE = "jdk.ActiveSetting";

  /** The field with the type that a setting is of, as the recording calls it. */
  public static final String SETTING_FOR = "id";

  /** The same as Mission Control calls it. */
  private static final String SETTING_FOR_IN_JMC = "settingFor";

  private final Map<String, Long> highest = new HashMap<>();
  private final Set<String> off = new HashSet<>();

  public JvmSettings() {}

  /** Takes a {@code jdk.ActiveSetting}: the JVM writes those in force into each chunk. */
  public void add(EventType type, Object[] values) {
    boolean isLoaded = type.has(SETTING_FOR_IN_JMC);
    Object of = type.value(values, isLoaded ? SETTING_FOR_IN_JMC : SETTING_FOR);
    if (of instanceof LabeledIdentifier event) {
      add(event.getInterfaceId(), type.text(values, "name"), type.text(values, "value"));
    }
  }

  /**
   * Takes one setting.
   *
   * @param event such as {@code jdk.ThreadPark}
   * @param setting such as {@code threshold}
   * @param value such as {@code 20 ms}
   */
  public void add(String event, String setting, String value) {
    if (value == null) {
      return;
    }
    if ("enabled".equals(setting) && !Boolean.parseBoolean(value)) {
      off.add(event);
    } else if ("threshold".equals(setting)) {
      highest.merge(event, nanos(value), Math::max);
    }
  }

  // Whatever a JVM takes that is no time to us (none is known): then nothing is known to be kept.
  private static long nanos(String text) {
    try {
      return TimeText.parse(text.replace(" ", ""), "ns").toNanos();
    } catch (IllegalArgumentException e) {
      return Long.MAX_VALUE;
    }
  }

  public JvmSettings copy() {
    JvmSettings copy = new JvmSettings();
    copy.highest.putAll(highest);
    copy.off.addAll(off);
    return copy;
  }

  /** Whether the recording has any setting. */
  public boolean areRecorded() {
    return !highest.isEmpty() || !off.isEmpty();
  }

  /**
   * From which length on every event of a type was kept, nanoseconds; empty if the type was off, at
   * times at least, or the recording does not say.
   *
   * @param event such as {@code jdk.ThreadPark}
   */
  public OptionalLong keptFrom(String event) {
    Long threshold = off.contains(event) ? null : highest.get(event);
    return threshold == null ? OptionalLong.empty() : OptionalLong.of(threshold);
  }
}
