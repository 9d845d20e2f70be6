package latencyscope.html;

import java.util.HashMap;
import java.util.Map;
import latencyscope.jfr.schema.EventDescription;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.ledger.Cause;
import latencyscope.timeline.Slice;

/** Which state of a thread an event shows, by the keys that the page's script knows. */
final class LaneState {
  static final String ON_CPU = Cause.ON_CPU.key();

  private static final String JAVA = "java";
  private static final String PROGRAM = "event";
  private static final Map<String, String> BY_LABEL = byLabel();

  private LaneState() {}

  private static Map<String, String> byLabel() {
    Map<String, String> states = new HashMap<>();
    for (EventDescription type : EventTypes.ALL) {
      states.put(Slice.label(type.name()), type.ledgerCause());
    }
    // Code decides of these: a switch is a block, or a preemption, whose wait is drawn over it.
    states.put(Slice.label(EventTypes.CONTEXT_SWITCH), Cause.BLOCKED.key());
    states.put(Slice.label(EventTypes.RUN_QUEUE_WAIT), Cause.RUNNABLE.key());
    return states;
  }

  /** The key; empty if it is no state. */
  static String of(Slice slice) {
    if (!slice.module().equals(Slice.JVM)) {
      return BY_LABEL.getOrDefault(slice.type(), "");
    }
    Object event = slice.details().get("event");
    return event != null && event.toString().startsWith("jdk.") ? JAVA : PROGRAM;
  }
}
