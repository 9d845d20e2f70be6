package latencyscope.recording;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import latencyscope.analysis.Analyzers;
import latencyscope.analysis.Limit;
import latencyscope.analysis.Report;
import latencyscope.analysis.UnknownKeyException;
import latencyscope.ledger.lost.LostTimeReading;
import latencyscope.recording.event.EventConsumer;
import latencyscope.recording.event.EventFan;
import latencyscope.recording.event.EventType;
import latencyscope.recording.event.JvmEvent;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.thread.ParserThread;
import latencyscope.recording.thread.ThreadId;
import org.openjdk.jmc.common.IMCThread;
import org.openjdk.jmc.common.IMCThreadGroup;
import org.openjdk.jmc.common.unit.UnitLookup;
import org.openjdk.jmc.flightrecorder.parser.ValueField;

/**
 * A recording out of values that can be read as often as a file, in any order of its events. Times
 * are nanoseconds from its begin.
 */
public final class Scene {
  /** Begin of the capture, nanoseconds since the epoch. */
  public static final long START = Fixture.START;

  private final RecordingBuilder builder = new RecordingBuilder();
  private final List<Event> events = new ArrayList<>();

  /** Hands itself to a consumer. */
  private interface Event {
    void to(EventConsumer consumer);
  }

  /** A recording that says nothing yet. */
  static Scene empty() {
    return new Scene();
  }

  /** A capture of all modules of a process 4711. */
  public static Scene captured(long durationNs, String cpus) {
    return captured(4711, durationNs, cpus);
  }

  /** A capture of all modules of a process. */
  public static Scene captured(long pid, long durationNs, String cpus) {
    Scene scene = new Scene();
    return scene
        .about(
            "Capture",
            "startTime",
            START,
            "duration",
            durationNs,
            "targetPid",
            pid,
            "modules",
            "isolation",
            "threads",
            "",
            "cpus",
            cpus,
            "onlineCpus",
            "0-1",
            "events",
            Fixture.EVERY_EVENT,
            "targetAlive",
            true)
        .about(
            "ProbeStatus", "module", "isolation", "probe", "ls_sched_switch", "state", "attached");
  }

  /** Adds of which time all events of a module are there. */
  public Scene records(String module, long from, long until) {
    return about(
        "ModuleCapture",
        "startTime",
        START + from,
        "duration",
        until - from,
        "module",
        module,
        "recordsFrom",
        START + from,
        "recordsUntil",
        START + until);
  }

  /** Notes from which length on the JVM records events of a type; null if it is off. */
  public Scene keptFrom(String type, String threshold) {
    Fixture.keptFrom(builder, type, threshold);
    return this;
  }

  /** Adds an event about the capture. */
  public Scene about(String name, Object... namesAndValues) {
    Map<String, Object> fields = Fixture.fields(namesAndValues);
    builder.add(Fixture.type(name, "capture", fields), fields.values().toArray());
    return this;
  }

  /** Adds a count of a thread. */
  public Scene count(ThreadId thread, String measure, long value) {
    known(thread);
    return about(
        "Counter",
        "startTime",
        START,
        "duration",
        1L,
        "module",
        "isolation",
        "measure",
        measure,
        "osThreadId",
        thread.osTid(),
        "thread",
        thread.name(),
        "value",
        value);
  }

  /** A thread as the parser gives it in a field of an event. */
  public static IMCThread value(ThreadId thread) {
    return new ThreadValue(thread);
  }

  /** The parser's threads have this field, which their interface leaves out. */
  public static final class ThreadValue implements IMCThread {
    /** As the parser fills it. */
    public final Object osThreadId;

    private final ThreadId thread;

    ThreadValue(ThreadId thread) {
      this.thread = thread;
      osThreadId = thread.osTid();
    }

    @Override
    public Long getThreadId() {
      return thread.javaId();
    }

    @Override
    public String getThreadName() {
      return thread.name();
    }

    @Override
    public IMCThreadGroup getThreadGroup() {
      return null;
    }
  }

  private ThreadId known(ThreadId thread) {
    builder.threads.learn(new ParserThread(thread.osTid(), thread.javaId(), thread.name()));
    return builder.threads.resolve(thread.osTid(), START, thread.name());
  }

  /** Adds an event of the isolation module. */
  public Scene kernel(
      String name, ThreadId thread, long offset, long duration, int cpu, Object... more) {
    return kernelOf("isolation", name, thread, offset, duration, cpu, more);
  }

  /** Adds an event that the kernel measured. */
  Scene kernelOf(
      String module,
      String name,
      ThreadId thread,
      long offset,
      long duration,
      int cpu,
      Object... more) {
    Map<String, Object> fields = Fixture.fields(more);
    fields.put("kernelStart", START + offset);
    fields.put("kernelDuration", duration);
    fields.put("cpu", (long) cpu);
    EventType type = Fixture.type(name, module, fields);
    Object[] values = fields.values().toArray();
    ThreadId known = known(thread);
    builder.record("latencyscope." + name);
    events.add(consumer -> consumer.accept(new KernelEvent(type).set(values, known)));
    return this;
  }

  /** Adds an event of the JVM. */
  public Scene jvm(String name, ThreadId thread, long offset, long duration, Object... more) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("startTime", START + offset);
    fields.put("duration", duration);
    fields.putAll(Fixture.fields(more));
    List<ValueField> described = new ArrayList<>();
    fields.keySet().forEach(f -> described.add(new ValueField(f, f, f, UnitLookup.UNKNOWN)));
    EventType type = new EventType(name, new String[] {"Java"}, described);
    Object[] values = fields.values().toArray();
    // A virtual one has no id that the kernel knows.
    ThreadId known = thread != null && thread.osTid() > 0 ? known(thread) : thread;
    events.add(consumer -> {
      if (consumer.wants(name)) {
        consumer.accept(new JvmEvent(type, name).set(values, known));
      }
    });
    return this;
  }

  /** Changes the order in which events are read. */
  public Scene shuffled(long seed) {
    Collections.shuffle(events, new Random(seed));
    return this;
  }

  /** Reads it. */
  public Recording read(EventConsumer consumer) {
    events.forEach(event -> event.to(consumer));
    return new Recording(builder);
  }

  /** What is to be said of it. */
  public Report report(Limit... limits) {
    Analyzers analyzers = new Analyzers();
    LostTimeReading lost = new LostTimeReading();
    Recording recording = read(new EventFan(analyzers, lost));
    analyzers.secondReading(recording).ifPresent(this::read);
    lost.secondReading(recording).ifPresent(this::read);
    try {
      return Report.of(recording, analyzers, lost.result(), List.of(limits));
    } catch (UnknownKeyException e) {
      throw new AssertionError(e);
    }
  }
}
