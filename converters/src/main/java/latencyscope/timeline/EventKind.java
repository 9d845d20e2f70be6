package latencyscope.timeline;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import latencyscope.recording.KernelEvent;

/**
 * What a timeline knows of a type of kernel event.
 *
 * <p>A type that is not in the table is shown all the same: on its thread, under its own name.
 *
 * @param perCpu whether it occupies a CPU, whichever thread it interrupts
 * @param particulars fields of which the first that has a value tells what it was in particular
 */
record EventKind(boolean perCpu, List<String> particulars) {
  private static final List<String> ANY =
      List.of("culprit", "name", "device", "vector", "call", "kind", "cause", "reason", "state");

  private static final EventKind UNKNOWN = new EventKind(false, ANY);

  private static final Map<String, EventKind> KNOWN =
      Map.ofEntries(
          Map.entry("RunQueueWait", new EventKind(false, List.of("culprit", "kind"))),
          Map.entry("ContextSwitch", new EventKind(false, List.of("state"))),
          Map.entry("Migration", new EventKind(false, List.of("cause"))),
          Map.entry("HardIrq", new EventKind(true, List.of("device", "name", "action", "irq"))),
          Map.entry("SoftIrq", new EventKind(true, List.of("vector", "name"))),
          Map.entry("LocalInterrupt", new EventKind(true, List.of("vector", "name", "kind"))),
          Map.entry("NapiPoll", new EventKind(true, List.of("device", "name"))),
          Map.entry("PageFault", new EventKind(false, List.of("kind", "region"))),
          Map.entry("TlbShootdown", new EventKind(false, List.of("reason"))),
          Map.entry("FutexWait", new EventKind(false, List.of("operation", "kind", "waker"))),
          Map.entry("BlockingSyscall", new EventKind(false, List.of("call", "name", "syscall"))),
          Map.entry("Sleep", new EventKind(false, List.of("call", "name", "kind"))),
          Map.entry("SocketDelivery", new EventKind(false, List.of("protocol", "socket"))),
          Map.entry("PacketDrop", new EventKind(false, List.of("reason", "device"))));

  static EventKind of(String type) {
    return KNOWN.getOrDefault(type, UNKNOWN);
  }

  /** What the event was in particular; null if no field tells. */
  String particular(KernelEvent event) {
    for (String field : particulars) {
      String text = event.text(field);
      if (text == null && event.number(field) != 0) {
        text = field + " " + event.number(field);
      }
      if (text != null && !text.isEmpty()) {
        return text;
      }
    }
    return null;
  }

  /** {@code RunQueueWait} as {@code Run queue wait}. */
  static String words(String type) {
    String spaced = type.replaceAll("(?<=[a-z0-9])(?=[A-Z])", " ");
    return spaced.isEmpty()
        ? spaced
        : spaced.substring(0, 1) + spaced.substring(1).toLowerCase(Locale.ROOT);
  }
}
