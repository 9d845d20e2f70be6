package latencyscope.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A condition under which the last seconds are written to a file: an event that took longer.
 *
 * @param text as the user wrote it
 * @param event full name of the event type
 * @param longerThanNs length above which it is met, nanoseconds
 */
record TriggerCondition(String text, String event, long longerThanNs) {
  /** Stands for whatever takes the time of a thread that wants to run. */
  private static final String ANY = "latency";

  private static final List<String> ANY_OF =
      List.of(
          "runqueue", "irq", "softirq", "local", "fault", "stall", "delivery", "gc", "safepoint");

  private static final Map<String, String> SHORT_NAMES =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("runqueue", "latencyscope.RunQueueWait"),
              Map.entry("irq", "latencyscope.HardIrq"),
              Map.entry("softirq", "latencyscope.SoftIrq"),
              Map.entry("local", "latencyscope.LocalInterrupt"),
              Map.entry("fault", "latencyscope.PageFault"),
              Map.entry("stall", "latencyscope.MemoryStall"),
              Map.entry("futex", "latencyscope.FutexWait"),
              Map.entry("delivery", "latencyscope.SocketDelivery"),
              Map.entry("gc", "jdk.GCPhasePause"),
              Map.entry("safepoint", "jdk.SafepointBegin"),
              Map.entry("monitor", "jdk.JavaMonitorEnter")));

  /** Whether the kernel's probes see the event, rather than the JVM. */
  boolean isOfKernel() {
    return event.startsWith("latencyscope.");
  }

  /**
   * Reads conditions that are joined with {@code |}.
   *
   * @param problems gets a sentence for each one that is not understood; it is left out
   */
  static List<TriggerCondition> parse(String text, List<String> problems) {
    List<TriggerCondition> conditions = new ArrayList<>();
    for (String part : text.isBlank() ? new String[0] : text.split("\\|")) {
      try {
        conditions.addAll(parse(part.strip()));
      } catch (IllegalArgumentException e) {
        problems.add(e.getMessage());
      }
    }
    return List.copyOf(conditions);
  }

  private static List<TriggerCondition> parse(String text) {
    int sign = text.indexOf('>');
    String name = sign < 0 ? "" : text.substring(0, sign).strip();
    if (name.equals(ANY)) {
      long ns = nanos(text, text.substring(sign + 1).strip());
      return ANY_OF.stream()
          .map(one -> new TriggerCondition(text, SHORT_NAMES.get(one), ns))
          .toList();
    }
    String event = name.contains(".") ? name : SHORT_NAMES.get(name);
    if (event == null) {
      throw new IllegalArgumentException(
          "trigger '"
              + text
              + "' is not NAME>TIME; NAME is an event's full name, such as demo.TickToTrade, or "
              + String.join(", ", SHORT_NAMES.keySet())
              + ", or "
              + ANY
              + " for whatever keeps a thread from running");
    }
    return List.of(
        new TriggerCondition(text, event, nanos(text, text.substring(sign + 1).strip())));
  }

  private static long nanos(String condition, String time) {
    String unit = time.replaceFirst("^\\d+", "");
    try {
      long number = Long.parseLong(time.substring(0, time.length() - unit.length()));
      return switch (unit) {
        case "ns" -> number;
        case "us", "µs" -> Math.multiplyExact(number, 1_000L);
        case "ms" -> Math.multiplyExact(number, 1_000_000L);
        case "s" -> Math.multiplyExact(number, 1_000_000_000L);
        default -> throw new IllegalArgumentException(unit);
      };
    } catch (ArithmeticException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "trigger '" + condition + "': '" + time + "' is not a time like 100us, 5ms or 1s", e);
    }
  }
}
