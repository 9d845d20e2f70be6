package latencyscope.timeline;

import java.util.List;
import java.util.Locale;
import latencyscope.jfr.schema.EventDescription;
import latencyscope.jfr.schema.EventField;
import latencyscope.jfr.schema.EventFields;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.recording.event.KernelEvent;

/**
 * What a timeline knows of a type of kernel event.
 *
 * <p>A type that this version does not know is shown all the same: on its thread, under its own
 * name.
 *
 * @param perCpu whether it occupies a CPU, whichever thread it interrupts
 * @param particulars fields of which the first with a value says what it was in particular
 */
record EventKind(boolean perCpu, List<EventField> particulars) {
  private static final EventKind UNKNOWN =
      new EventKind(
          false,
          List.of(
              EventFields.CULPRIT,
              EventFields.DEVICE,
              EventFields.VECTOR,
              EventFields.CALL,
              EventFields.KIND,
              EventFields.CAUSE,
              EventFields.REASON,
              EventFields.STATE));

  static EventKind of(String type) {
    EventDescription known = EventTypes.of(type);
    return known == null ? UNKNOWN : new EventKind(known.perCpu(), known.particulars());
  }

  /** What the event was in particular; null if no field has it. */
  String particular(KernelEvent event) {
    return event.first(particulars);
  }

  /** {@code RunQueueWait} as {@code Run queue wait}. */
  static String words(String type) {
    String spaced = type.replaceAll("(?<=[a-z0-9])(?=[A-Z])", " ");
    return spaced.isEmpty()
        ? spaced
        : spaced.substring(0, 1) + spaced.substring(1).toLowerCase(Locale.ROOT);
  }
}
