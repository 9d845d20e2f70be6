package latencyscope.jfr.schema;

import java.util.List;

/**
 * What readers know of an event type, from the annotations on its class. Immutable.
 *
 * @param name name in recordings without its prefix, such as {@code RunQueueWait}
 * @param label name for people
 * @param module module that measures it
 * @param noun one of them
 * @param plural several of them
 * @param perCpu whether it occupies a CPU, whichever thread it interrupts
 * @param ledgerCause key of the ledger's cause; empty if code has to decide, or there is none
 * @param cost what its time is called among costs; empty if code has to decide, or it costs nothing
 * @param trigger short name in the option {@code trigger}; empty if there is none
 * @param latency whether the trigger {@code latency} includes it
 * @param culprits fields of which the first that has a value names who caused it
 * @param particulars fields of which the first with a value says what it was in particular
 */
public record EventDescription(
    String name,
    String label,
    String module,
    String noun,
    String plural,
    boolean perCpu,
    String ledgerCause,
    String cost,
    String trigger,
    boolean latency,
    List<EventField> culprits,
    List<EventField> particulars) {
  /** What names of event types begin with in recordings. */
  public static final String PREFIX = "latencyscope.";

  /** Name in recordings, such as {@code latencyscope.RunQueueWait}. */
  public String fullName() {
    return PREFIX + name;
  }
}
