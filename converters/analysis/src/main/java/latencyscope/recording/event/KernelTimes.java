package latencyscope.recording.event;

import java.util.List;
import latencyscope.jfr.schema.EventFields;
import org.openjdk.jmc.flightrecorder.parser.IConstantPoolExtension;
import org.openjdk.jmc.flightrecorder.parser.IEventSink;
import org.openjdk.jmc.flightrecorder.parser.IEventSinkFactory;
import org.openjdk.jmc.flightrecorder.parser.IParserExtension;
import org.openjdk.jmc.flightrecorder.parser.ValueField;

/**
 * Puts {@code latencyscope.*} events at the kernel's own time and on the affected thread, whatever
 * the JDK that recorded them made of the implicit fields.
 *
 * <p>JDKs before 22 write the committing thread beside the affected one, and a JDK may at any time
 * stop honouring a start that was set by hand. Every such event repeats the kernel's values in
 * plain fields; this extension of the JMC parser moves them over. Doing it twice changes nothing,
 * and events of other types do not pass through it. Stateless, safe for use by several threads.
 */
public final class KernelTimes implements IParserExtension {
  /** Creates the extension; the parser's service loader needs a public constructor. */
  public KernelTimes() {}

  @Override
  public IEventSinkFactory getEventSinkFactory(IEventSinkFactory subFactory) {
    return new IEventSinkFactory() {
      @Override
      public IEventSink create(
          String id, String label, String[] category, String description, List<ValueField> fields) {
        IEventSink sink = subFactory.create(id, label, category, description, fields);
        return id.startsWith(EventType.PREFIX) ? correcting(sink, fields) : sink;
      }

      @Override
      public void flush() {
        subFactory.flush();
      }
    };
  }

  @Override
  public IConstantPoolExtension createConstantPoolExtension() {
    return new ThreadPools();
  }

  private static IEventSink correcting(IEventSink sink, List<ValueField> fields) {
    int kernelStart = indexOf(EventFields.KERNEL_START.name(), fields);
    if (kernelStart < 0) {
      return ofNoThread(sink, fields);
    }
    int start = indexOf("startTime", fields);
    int kernelDuration = indexOf(EventFields.KERNEL_DURATION.name(), fields);
    int duration = indexOf("duration", fields);
    int implicitThread = indexOf("eventThread", fields);
    int ownThread = lastIndexOf("eventThread", fields);
    // Both times are quantities with their own unit, ticks or nanoseconds, so moving the
    // reference is enough.
    return values -> {
      move(values, kernelStart, start);
      move(values, kernelDuration, duration);
      move(values, ownThread, implicitThread);
      sink.addEvent(values);
    };
  }

  // What the capture says of itself is of no thread, least of all of the one that wrote it down.
  private static IEventSink ofNoThread(IEventSink sink, List<ValueField> fields) {
    int thread = indexOf("eventThread", fields);
    if (thread < 0) {
      return sink;
    }
    return values -> {
      values[thread] = null;
      sink.addEvent(values);
    };
  }

  private static void move(Object[] values, int from, int to) {
    if (from >= 0 && to >= 0) {
      values[to] = values[from];
    }
  }

  private static int indexOf(String field, List<ValueField> fields) {
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).getIdentifier().equals(field)) {
        return i;
      }
    }
    return -1;
  }

  // Implicit fields come first, so of two with the same name the last is the event's own.
  private static int lastIndexOf(String field, List<ValueField> fields) {
    for (int i = fields.size() - 1; i >= 0; i--) {
      if (fields.get(i).getIdentifier().equals(field)) {
        return i;
      }
    }
    return -1;
  }
}
