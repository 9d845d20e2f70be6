package latencyscope.agent.event;

import java.lang.invoke.VarHandle;
import java.util.List;
import jdk.jfr.Name;
import latencyscope.guest.event.EventSink;
import latencyscope.guest.event.ImplicitFields;
import latencyscope.jfr.KernelEvent;
import latencyscope.jfr.capture.Exemplar;

/**
 * Commits the longest occurrences of a module's events where the threshold hides them.
 *
 * <p>There are a few for each interval, so this may cost what it likes. Used by one thread at a
 * time.
 */
public final class Exemplars {
  private final EventSink sink;
  private final String module;
  private final Exemplar exemplar = new Exemplar();
  private final VarHandle startTime;

  public Exemplars(String module, EventSink sink) throws IllegalAccessException {
    this.sink = sink;
    this.module = module;
    startTime = ImplicitFields.startTime(Exemplar.class);
  }

  /**
   * Commits what the event says as an exemplar.
   *
   * @param lock name of the lock that it is about; null if there is none
   */
  public void commit(KernelEvent event, List<BoundMember> members, String lock, long startTicks) {
    startTime.set(exemplar, Math.max(1, startTicks));
    exemplar.kernelStart = event.kernelStart;
    exemplar.kernelDuration = event.kernelDuration;
    exemplar.osThreadId = event.osThreadId;
    exemplar.thread = event.thread;
    exemplar.laneThread = event.laneThread;
    exemplar.cpu = event.cpu;
    exemplar.module = module;
    exemplar.type = event.getClass().getAnnotation(Name.class).value();
    exemplar.details = details(event, members) + (lock == null ? "" : "lock=" + lock + '\n');
    sink.commit(exemplar);
    exemplar.laneThread = null;
  }

  private static String details(KernelEvent event, List<BoundMember> members) {
    StringBuilder details = new StringBuilder();
    for (BoundMember member : members) {
      Object value = valueOf(event, member);
      if (value != null) {
        details.append(member.field().getName()).append('=').append(clean(value)).append('\n');
      }
    }
    return details.toString();
  }

  // A task may have any name: a line stays one field.
  private static String clean(Object value) {
    return value.toString().replace('\n', ' ');
  }

  private static Object valueOf(KernelEvent event, BoundMember member) {
    try {
      return member.field().get(event);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e); // the field is public
    }
  }
}
