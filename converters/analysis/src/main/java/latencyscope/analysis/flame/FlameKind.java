package latencyscope.analysis.flame;

import java.util.Set;
import java.util.function.Predicate;
import latencyscope.jfr.schema.EventTypes;

/** What a flame graph of the program's lines is about. */
public enum FlameKind {
  /** Calls in which threads were blocked. */
  OFF_CPU(
      "Blocked in calls",
      EventTypes.FUTEX_WAIT,
      Set.of("futex_woken", "futex_timed_out", "futex_interrupted", "sleep", "blocking_call")
          ::contains),
  /** Page faults. */
  FAULTS("Page faults", EventTypes.PAGE_FAULT, measure -> measure.startsWith("fault_"));

  private final String title;
  private final String module;
  private final Predicate<String> measure;

  FlameKind(String title, String event, Predicate<String> measure) {
    this.title = title;
    this.module = EventTypes.of(event).module();
    this.measure = measure;
  }

  /** What it is, for people. */
  public String title() {
    return title;
  }

  String module() {
    return module;
  }

  /** Whether the kernel counted occurrences of this kind with a measure. */
  boolean isMeasuredBy(String name) {
    return measure.test(name);
  }
}
