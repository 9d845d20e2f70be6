package latencyscope.jmc;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import latencyscope.jfr.schema.EventDescription;
import latencyscope.jfr.schema.EventFields;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.recording.thread.ThreadNames;
import org.openjdk.jmc.common.IMCThread;
import org.openjdk.jmc.common.collection.FastAccessNumberMap;
import org.openjdk.jmc.flightrecorder.parser.IConstantPoolExtension;
import org.openjdk.jmc.flightrecorder.parser.IEventSink;
import org.openjdk.jmc.flightrecorder.parser.IEventSinkFactory;
import org.openjdk.jmc.flightrecorder.parser.IParserExtension;
import org.openjdk.jmc.flightrecorder.parser.ValueField;

/**
 * Puts every event on a lane of its thread, and gives threads their full names.
 *
 * <p>An event has a thread only if the recorder knew one when it was written: a compiler or a GC
 * thread is none of Java's, and who watches from outside has no thread of the target. Mission
 * Control puts all of them on one lane without a name. Names come from the kernel, which keeps 15
 * bytes of each. The recorder's tables have the full ones, but may be in a later chunk than the
 * event, and chunks are read side by side. So our events wait until all chunks are read. They wait
 * as arrays of what the items then hold, and go one by one: it takes little more memory.
 *
 * <p>Events of other types do not pass through it. Safe for use by several threads.
 */
public final class FullNames implements IParserExtension {
  // Mission Control asks for the one, then for the other, when it begins to load a recording.
  private final ThreadLocal<Load> begun = new ThreadLocal<>();

  /** Called by the service loader. */
  public FullNames() {}

  @Override
  public IEventSinkFactory getEventSinkFactory(IEventSinkFactory subFactory) {
    Load load = new Load(subFactory);
    begun.set(load);
    return load;
  }

  @Override
  public IConstantPoolExtension createConstantPoolExtension() {
    Load load = begun.get();
    begun.remove();
    return load == null ? null : new Tables(load.tables);
  }

  /** Notes the recorder's tables of threads, of each chunk one. */
  private record Tables(Queue<FastAccessNumberMap<Object>> all) implements IConstantPoolExtension {
    @Override
    public String getId() {
      return "latencyscope.names";
    }

    @Override
    public void allConstantPoolsResolved(Map<String, FastAccessNumberMap<Object>> pools) {
      FastAccessNumberMap<Object> threads = pools.get("java.lang.Thread");
      if (threads != null) {
        all.add(threads);
      }
    }
  }

  /** One recording that is being loaded. */
  private static final class Load implements IEventSinkFactory {
    private final IEventSinkFactory next;
    private final Queue<FastAccessNumberMap<Object>> tables = new ConcurrentLinkedQueue<>();
    private final List<Waiting> waiting = Collections.synchronizedList(new ArrayList<>());
    private final Map<Long, IMCThread> lanes = new HashMap<>();
    private Object anyThread;

    Load(IEventSinkFactory next) {
      this.next = next;
    }

    @Override
    public IEventSink create(
        String id, String label, String[] category, String description, List<ValueField> fields) {
      IEventSink sink = next.create(id, label, category, description, fields);
      if (!id.startsWith(Fields.OURS)) {
        return sink;
      }
      Waiting own = new Waiting(id, fields, sink);
      waiting.add(own);
      return own;
    }

    /** Called once, after the last chunk. */
    @Override
    public void flush() {
      ThreadNames names = new ThreadNames();
      waiting.forEach(type -> type.addTo(names));
      for (FastAccessNumberMap<Object> table : tables) {
        for (Object thread : table) {
          names.learn(thread);
          anyThread = anyThread == null ? thread : anyThread;
        }
      }
      waiting.forEach(type -> type.handOn(names, this));
      waiting.clear();
      lanes.clear();
      tables.clear();
      next.flush();
    }

    /** The lane of a thread, or of a CPU on which none of the target's threads was. */
    IMCThread lane(ThreadNames names, long osThreadId, String name, long cpu) {
      if (osThreadId > 0 && names.recorded(osThreadId) instanceof IMCThread thread) {
        return thread;
      }
      long id = osThreadId > 0 ? osThreadId : -1 - cpu;
      return lanes.computeIfAbsent(id, key -> ThreadLane.like(anyThread, key, title(key, name)));
    }

    private static String title(long id, String name) {
      if (id < 0) {
        return "CPU " + (-1 - id) + ", no thread of the target";
      }
      return name == null || name.isEmpty() ? "Thread " + id : name;
    }
  }

  /** Events of one type in one chunk, until all names are known. */
  private static final class Waiting implements IEventSink {
    private final Queue<Object[]> events = new ArrayDeque<>();
    private final List<Named> named = new ArrayList<>();
    private final IEventSink sink;
    private final String id;
    private final List<ValueField> fields;
    private final int osThreadId;
    private final int thread;
    private final int cpu;
    private final List<Integer> threads = new ArrayList<>();

    Waiting(String id, List<ValueField> fields, IEventSink sink) {
      this.id = id;
      this.fields = fields;
      this.sink = sink;
      osThreadId = Fields.indexOf(EventFields.OS_THREAD_ID, fields);
      thread = Fields.indexOf(EventFields.THREAD, fields);
      cpu = Fields.indexOf(EventFields.CPU, fields);
      boolean ofKernel = Fields.indexOf(EventFields.KERNEL_START, fields) >= 0;
      for (int i = 0; i < fields.size(); i++) {
        Named.of(fields.get(i).getIdentifier(), fields).ifPresent(named::add);
        // JDKs before 22 (JDK-8239508) add another one with the same name.
        if (ofKernel && fields.get(i).getIdentifier().equals("eventThread")) {
          threads.add(i);
        }
      }
    }

    @Override
    public void addEvent(Object[] values) {
      events.add(values.clone()); // the parser uses the array again
    }

    void addTo(ThreadNames names) {
      boolean ofContainer = id.equals(EventDescription.PREFIX + EventTypes.NAMESPACE_THREAD);
      boolean ofTarget = id.equals(EventDescription.PREFIX + EventTypes.CAPTURE);
      for (Object[] values : ofContainer || ofTarget ? events : List.<Object[]>of()) {
        if (ofTarget) {
          names.learnTarget(Fields.number(values, Fields.indexOf(EventFields.TARGET_PID, fields)));
        } else {
          int inside = Fields.indexOf(EventFields.NAMESPACE_THREAD_ID, fields);
          names.learnHostId(Fields.number(values, inside), Fields.number(values, osThreadId));
        }
      }
    }

    void handOn(ThreadNames names, Load load) {
      for (Object[] values = events.poll(); values != null; values = events.poll()) {
        long tid = Fields.number(values, osThreadId);
        if (tid > 0 && thread >= 0) {
          values[thread] = names.ofThread(tid, Fields.text(values, thread));
        }
        for (int eventThread : threads) {
          if (values[eventThread] == null) {
            values[eventThread] =
                load.lane(names, tid, Fields.text(values, thread), Fields.number(values, cpu));
          }
        }
        for (Named field : named) {
          field.complete(values, names);
        }
        sink.addEvent(values);
      }
    }
  }

  /** A field with the name of a task, beside which its id is. */
  private record Named(int name, int tid, int pid) {
    static Optional<Named> of(String field, List<ValueField> fields) {
      int tid = Fields.indexOf(field + "Tid", fields);
      return tid < 0
          ? Optional.empty()
          : Optional.of(
              new Named(Fields.indexOf(field, fields), tid, Fields.indexOf(field + "Pid", fields)));
    }

    void complete(Object[] values, ThreadNames names) {
      String kernelName = Fields.text(values, name);
      if (kernelName != null) {
        values[name] =
            names.ofTask(Fields.number(values, tid), Fields.number(values, pid), kernelName);
      }
    }
  }
}
