package latencyscope.jmc;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import latencyscope.jfr.schema.EventFields;
import org.openjdk.jmc.flightrecorder.parser.IEventSink;
import org.openjdk.jmc.flightrecorder.parser.IEventSinkFactory;
import org.openjdk.jmc.flightrecorder.parser.IParserExtension;
import org.openjdk.jmc.flightrecorder.parser.ValueField;

/**
 * Gives Mission Control the events of each thread apart.
 *
 * <p>It sorts the events of a type into lanes in which none overlaps another. Where an event begins
 * in the very nanosecond in which one in another lane ends, and events do not come in the order of
 * their ends, it may put a lane in place of another: events are then there twice, or not at all
 * (its {@code DisjointBuilder}, seen in 9.1.2). Threads that take turns on a CPU begin and end like
 * that all the time. The events of one thread come in order, so that nothing is lost.
 *
 * <p>Events of other types do not pass through it. Stateless, safe for use by several threads.
 */
public final class ThreadLanes implements IParserExtension {
  /** Called by the service loader. */
  public ThreadLanes() {}

  @Override
  public IEventSinkFactory getEventSinkFactory(IEventSinkFactory subFactory) {
    return new IEventSinkFactory() {
      @Override
      public IEventSink create(
          String id, String label, String[] category, String description, List<ValueField> fields) {
        int thread =
            id.startsWith(Fields.OURS) ? Fields.indexOf(EventFields.OS_THREAD_ID, fields) : -1;
        if (thread < 0 || Fields.indexOf("duration", fields) < 0) {
          return subFactory.create(id, label, category, description, fields);
        }
        return new Split(
            thread,
            Fields.indexOf(EventFields.CPU, fields),
            () -> subFactory.create(id, label, category, description, fields));
      }

      @Override
      public void flush() {
        subFactory.flush();
      }
    };
  }

  private interface Sinks {
    IEventSink create();
  }

  /** A sink for each thread; what is of no thread is apart by CPU. Used by one thread. */
  private static final class Split implements IEventSink {
    private final int thread;
    private final int cpu;
    private final Sinks sinks;
    private final IEventSink first;
    private final Map<Long, IEventSink> byKey = new HashMap<>();

    Split(int thread, int cpu, Sinks sinks) {
      this.thread = thread;
      this.cpu = cpu;
      this.sinks = sinks;
      // At once, so that a type is known of which there is no event.
      first = sinks.create();
    }

    @Override
    public void addEvent(Object[] values) {
      long key = Fields.number(values, thread);
      if (key == 0 && cpu >= 0) {
        key = -1 - Fields.number(values, cpu);
      }
      byKey.computeIfAbsent(key, k -> byKey.isEmpty() ? first : sinks.create()).addEvent(values);
    }
  }
}
