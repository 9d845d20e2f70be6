package latencyscope.guest.facts;

import java.lang.invoke.VarHandle;
import latencyscope.guest.event.EventSink;
import latencyscope.guest.event.ImplicitFields;
import latencyscope.jfr.capture.Counter;

/**
 * Commits what was counted of things of one kind that are no threads and belong to no CPU, read
 * once in a while: so an event instance for each. Used by one thread at a time.
 */
public final class SubjectCounter {
  private final EventSink sink;
  private final String module;
  private final String subject;
  private final VarHandle startTime;
  private final VarHandle duration;

  /**
   * Commits nothing yet.
   *
   * @param module whose count it is
   * @param subject kind of thing, such as {@code host}
   * @param sink takes the events
   */
  public SubjectCounter(String module, String subject, EventSink sink)
      throws IllegalAccessException {
    this.sink = sink;
    this.module = module;
    this.subject = subject;
    startTime = ImplicitFields.startTime(Counter.class);
    duration = ImplicitFields.duration(Counter.class);
  }

  /** Commits a count of the thing with a number, of the given interval of ticks. */
  public void commit(String measure, long id, long value, long startTicks, long endTicks) {
    Counter event = new Counter();
    startTime.set(event, startTicks);
    duration.set(event, Math.max(1, endTicks - startTicks));
    event.module = module;
    event.measure = measure;
    event.subject = subject;
    event.subjectId = id;
    event.cpu = -1;
    event.value = value;
    sink.commit(event);
  }
}
