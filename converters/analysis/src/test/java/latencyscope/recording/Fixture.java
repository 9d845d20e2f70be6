package latencyscope.recording;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import latencyscope.analysis.Analyzers;
import latencyscope.analysis.Limit;
import latencyscope.analysis.Report;
import latencyscope.analysis.UnknownKeyException;
import latencyscope.jfr.Schema;
import latencyscope.ledger.lost.LostTimeReading;
import latencyscope.recording.event.EventConsumer;
import latencyscope.recording.event.EventType;
import latencyscope.recording.event.JvmEvent;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.thread.ThreadId;
import org.HdrHistogram.Histogram;
import org.openjdk.jmc.common.unit.UnitLookup;
import org.openjdk.jmc.flightrecorder.parser.ValueField;

/** Makes recordings out of values, where a live one would have another time on each run. */
public final class Fixture {
  /** 2026-11-22 14:32:07.5 UTC. */
  public static final long START = 1_795_357_927_500_000_000L;

  /** Every event type, from the shortest event on, as a capture says it. */
  public static final String EVERY_EVENT =
      Schema.types().stream()
          .map(type -> type.name().substring("latencyscope.".length()))
          .collect(Collectors.joining("+"));

  final List<Consumer<EventConsumer>> events = new ArrayList<>();
  final RecordingBuilder builder =
      new RecordingBuilder(interval -> events.add(consumer -> consumer.accept(interval)));
  final Analyzers analyzers = new Analyzers();

  /** The fields of an event by name. */
  public static Map<String, Object> fields(Object... namesAndValues) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      fields.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return fields;
  }

  /** Notes from which length on the JVM records events of a type; null if it is off. */
  static void keptFrom(RecordingBuilder builder, String type, String threshold) {
    builder.settings.add(type, "enabled", String.valueOf(threshold != null));
    builder.settings.add(type, "threshold", threshold == null ? "0 ns" : threshold);
  }

  static EventType type(String name, String module, Map<String, Object> fields) {
    List<ValueField> described = new ArrayList<>();
    fields.keySet().forEach(f -> described.add(new ValueField(f, f, f, UnitLookup.UNKNOWN)));
    return new EventType("latencyscope." + name, new String[] {"LatencyScope", module}, described);
  }

  /** Adds an event about the capture. */
  public Fixture add(String name, Object... namesAndValues) {
    Map<String, Object> fields = fields(namesAndValues);
    builder.add(type(name, "capture", fields), fields.values().toArray());
    return this;
  }

  /** Adds what was captured: 10 s of process 4711 on a host with eight CPUs. */
  public Fixture capture(String cpus, String isolated) {
    return capture("isolation", cpus, isolated);
  }

  /** The same with other modules. */
  public Fixture capture(String modules, String cpus, String isolated) {
    return capture(modules, cpus, isolated, 1);
  }

  Fixture capture(String modules, String cpus, String isolated, long numaNodes) {
    return add(
        "Capture",
        "startTime",
        START,
        "duration",
        TimeUnit.SECONDS.toNanos(10),
        "version",
        "0.2.0",
        "targetPid",
        4711L,
        "targetCommand",
        "trading_engine",
        "targetJvm",
        "OpenJDK 25.0.3",
        "modules",
        modules,
        "threads",
        "",
        "cpus",
        cpus,
        "networkInterface",
        "",
        "targetAlive",
        true,
        "events",
        EVERY_EVENT,
        "targetCpus",
        cpus.isEmpty() ? null : cpus,
        "kernel",
        "6.18.1",
        "onlineCpus",
        "0-7",
        "isolatedCpus",
        isolated,
        "nohzFullCpus",
        isolated,
        "numaNodes",
        numaNodes);
  }

  /**
   * Adds when a module captured; all times are offsets from {@link #START}.
   *
   * @param from begin of its counts
   * @param until their end
   * @param recordsFrom from when on all its events are there
   * @param recordsUntil until when
   */
  public Fixture moduleCapture(
      String module, long from, long until, long recordsFrom, long recordsUntil) {
    return add(
        "ModuleCapture",
        "startTime",
        START + from,
        "duration",
        until - from,
        "module",
        module,
        "recordsFrom",
        START + recordsFrom,
        "recordsUntil",
        START + recordsUntil);
  }

  /** What is added from now on is in a chunk that began at a time, nanoseconds since the epoch. */
  public void inChunk(long start) {
    builder.captures.intervals().inChunk(start);
  }

  /** Adds an event of the isolation module. */
  public Fixture event(
      String name, ThreadId thread, long offset, long duration, int cpu, Object... more) {
    return event("isolation", name, thread, offset, duration, cpu, more);
  }

  /** Adds an event of a module that began at an offset from the capture's begin. */
  Fixture event(
      String module,
      String name,
      ThreadId thread,
      long offset,
      long duration,
      int cpu,
      Object... more) {
    Map<String, Object> fields = fields(more);
    fields.put("kernelStart", START + offset);
    fields.put("kernelDuration", duration);
    fields.put("cpu", (long) cpu);
    builder.record("latencyscope." + name);
    KernelEvent event = new KernelEvent(type(name, module, fields));
    ThreadId known = builder.threads.resolve(thread.osTid(), START, thread.name());
    analyzers.accept(event.set(fields.values().toArray(), known));
    events.add(consumer -> consumer.accept(event));
    return this;
  }

  /** Adds an event of a program's own. */
  public Fixture program(String name, ThreadId thread, long offset, long duration, Object... more) {
    Map<String, Object> fields = fields(more);
    fields.put("startTime", START + offset);
    fields.put("duration", duration);
    List<ValueField> described = new ArrayList<>();
    fields.keySet().forEach(f -> described.add(new ValueField(f, f, f, UnitLookup.UNKNOWN)));
    JvmEvent event = new JvmEvent(new EventType(name, new String[] {"Program"}, described), name);
    event.set(fields.values().toArray(), thread);
    events.add(consumer -> consumer.accept(event));
    return this;
  }

  /** The events, for outputs that show them one by one. */
  public EventSource source() {
    return consumer -> {
      events.forEach(event -> event.accept(consumer));
      return recording();
    };
  }

  /** Adds a wait behind a process with one thread. */
  public Fixture wait(
      ThreadId thread, long offset, long ns, int cpu, String kind, String culprit, long pid) {
    return event(
        "RunQueueWait",
        thread,
        offset,
        ns,
        cpu,
        "kind",
        kind,
        "culprit",
        culprit,
        "culpritTid",
        pid,
        "culpritPid",
        pid,
        "culpritWork",
        culprit != null && culprit.startsWith("kworker") ? "vmstat_update" : null,
        "culpritPriority",
        120L,
        "culpritHeld",
        ns,
        "accounted",
        ns,
        "tasksBetween",
        1L,
        "priority",
        120L);
  }

  /**
   * Adds a wait after preemption that several processes shared, each with one thread: in turns of
   * one length, the last of them first in the array.
   *
   * @param ns length of the wait; what the turns leave at its begin is not accounted for
   */
  public Fixture sharedWait(
      ThreadId thread, long offset, long ns, int cpu, long turn, String... turns) {
    Map<String, Long> held = new LinkedHashMap<>();
    for (String name : turns) {
      held.merge(name, turn, Long::sum);
    }
    String longest = Collections.max(held.entrySet(), Map.Entry.comparingByValue()).getKey();
    long known = turn * turns.length;
    event(
        "RunQueueWait",
        thread,
        offset,
        ns,
        cpu,
        "kind",
        "preempted",
        "culprit",
        longest,
        "culpritTid",
        pid(longest),
        "culpritPid",
        pid(longest),
        "culpritPriority",
        120L,
        "culpritHeld",
        held.get(longest),
        "accounted",
        known,
        "tasksBetween",
        (long) held.size(),
        "shares",
        (long) turns.length);
    Set<String> last = new HashSet<>();
    for (int i = 0; i < turns.length; i++) {
      long into = ns - (i + 1) * turn;
      event(
          "WaitShare",
          thread,
          offset + into,
          turn,
          cpu,
          "kind",
          "preempted",
          "culprit",
          turns[i],
          "culpritTid",
          pid(turns[i]),
          "culpritPid",
          pid(turns[i]),
          "culpritPriority",
          120L,
          "culpritHeld",
          held.get(turns[i]),
          "last",
          last.add(turns[i]),
          "offset",
          into,
          "waited",
          ns);
    }
    return this;
  }

  /** Of processes that a shared wait names. */
  public static long pid(String name) {
    return 9_000 + Math.floorMod(name.hashCode(), 1_000);
  }

  /** Adds a wait of a preempted thread whose CPU quota was used up for most of it. */
  public Fixture throttled(ThreadId thread, long offset, long ns, int cpu) {
    return event(
        "RunQueueWait",
        thread,
        offset,
        ns,
        cpu,
        "kind",
        "preempted",
        "culprit",
        null,
        "culpritHeld",
        0L,
        "throttled",
        ns,
        "accounted",
        ns,
        "tasksBetween",
        3L);
  }

  /** Adds the count of a thread. */
  public Fixture count(String measure, ThreadId thread, long value) {
    return add(
        "Counter",
        "startTime",
        START,
        "duration",
        0L,
        "module",
        "isolation",
        "measure",
        measure,
        "thread",
        thread.name(),
        "osThreadId",
        thread.osTid(),
        "value",
        value);
  }

  /** Adds the same count of 0 for all that the kernel program counts. */
  public Fixture countsOfZero(ThreadId thread) {
    for (String measure :
        List.of("voluntary_switches", "involuntary_switches", "migrations_wake")) {
      count(measure, thread, 0);
    }
    return this;
  }

  /** Adds a distribution of a thread. */
  public Fixture distribution(String measure, ThreadId thread, Histogram histogram, long max) {
    return add(
        "Histogram",
        "startTime",
        START,
        "duration",
        0L,
        "module",
        "isolation",
        "measure",
        measure,
        "thread",
        thread.name(),
        "osThreadId",
        thread.osTid(),
        "count",
        histogram.getTotalCount(),
        "total",
        Math.round(histogram.getMean() * histogram.getTotalCount()),
        "max",
        max,
        "unbinned",
        0L,
        "distribution",
        encode(histogram));
  }

  /** A histogram as an event carries it. */
  public static String encode(Histogram histogram) {
    ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
    int length = histogram.encodeIntoCompressedByteBuffer(buffer);
    byte[] bytes = new byte[length];
    buffer.rewind();
    buffer.get(bytes);
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** Adds which process recorded. */
  public Fixture recorder(long pid) {
    Map<String, Object> fields = fields("pid", pid);
    List<ValueField> described = List.of(new ValueField("pid", "", "", UnitLookup.UNKNOWN));
    builder.add(
        new EventType("jdk.JVMInformation", new String[] {"Java"}, described),
        fields.values().toArray());
    return this;
  }

  /** Adds what the recorder says of a hypervisor. */
  public Fixture virtualization(String name) {
    Map<String, Object> fields = fields("name", name);
    List<ValueField> described = List.of(new ValueField("name", "name", "", UnitLookup.UNKNOWN));
    builder.add(
        new EventType("jdk.VirtualizationInformation", new String[] {"System"}, described),
        fields.values().toArray());
    return this;
  }

  /** Adds the state of a probe. */
  public Fixture probe(String module, String name, String state, String reason, String remedy) {
    return add(
        "ProbeStatus",
        "module",
        module,
        "probe",
        name,
        "state",
        state,
        "reason",
        reason,
        "remedy",
        remedy);
  }

  /** The recording. */
  public Recording recording() {
    return new Recording(builder);
  }

  /** What is to be said of it. */
  public Report report(Limit... limits) {
    try {
      Recording recording = recording();
      LostTimeReading lost = new LostTimeReading();
      events.forEach(event -> event.accept(lost));
      lost.secondReading(recording)
          .ifPresent(again -> events.forEach(event -> event.accept(again)));
      return Report.of(recording, analyzers, lost.result(), List.of(limits));
    } catch (UnknownKeyException e) {
      throw new AssertionError(e);
    }
  }

  /** The report of a bad day: preempted on isolated CPUs, moved, and some records lost. */
  public static Fixture badDay() {
    ThreadId strategy = new ThreadId(4720, "strategy", 0);
    ThreadId feed = new ThreadId(4721, "md-feed", 0);
    ThreadId gc = new ThreadId(4715, "GC Thread#0", 0);
    Fixture fixture = new Fixture().capture("4-7", "4-7");
    for (String probe : List.of("ls_sched_switch", "ls_sched_wakeup", "ls_sched_migrate_task")) {
      fixture.probe("isolation", probe, "attached", null, null);
    }
    fixture.add(
        "ProbeCost",
        "module",
        "capture",
        "probe",
        "drain",
        "runs",
        100L,
        "time",
        12_000_000L,
        "missed",
        0L);
    fixture.add("HostFact", "name", "clocksource", "value", "tsc", "source", "/sys");
    fixture.add("HostFact", "name", "governor", "value", "powersave", "source", "/sys");
    fixture.add("ClockSync", "ticks", 0L, "monotonic", 0L, "uncertainty", 80L);
    fixture.wait(strategy, 10_347_123_456L, 12_847, 4, "preempted", "kworker/4:0", 33);
    for (int i = 0; i < 45; i++) {
      fixture.wait(
          strategy, 1_000_000_000L + i * 1_000_000L, 5_000 + i, 4, "preempted", "kworker/4:0", 33);
    }
    fixture.wait(strategy, 2_000_000_000L, 9_120, 5, "wakeup", "stress-ng", 9001);
    fixture.wait(feed, 3_000_000_000L, 3_204_551, 2, "wakeup", "backup.sh", 812);
    fixture.wait(gc, 4_000_000_000L, 151_300, 1, "preempted", "backup.sh", 812);
    fixture.event(
        "Migration",
        feed,
        5_000_000_000L,
        0,
        5,
        "toCpu",
        2L,
        "cause",
        "balance",
        "by",
        "migration/5",
        "byTid",
        44L);
    fixture.event(
        "ContextSwitch",
        strategy,
        10_347_120_000L,
        16_283,
        4,
        "voluntary",
        false,
        "next",
        "kworker/4:0",
        "nextTid",
        33L,
        "nextPid",
        33L,
        "returnCpu",
        4L);
    fixture.count("voluntary_switches", strategy, 120).count("voluntary_switches", feed, 80_211);
    fixture.count("involuntary_switches", strategy, 46).count("involuntary_switches", gc, 3);
    fixture.count("involuntary_switches_monitored", strategy, 46);
    fixture.count("migrations_balance", feed, 1).count("involuntary_migrations_monitored", feed, 1);
    Histogram woken = new Histogram(3);
    for (int i = 0; i < 80_000; i++) {
      woken.recordValue(124 + i % 200);
    }
    woken.recordValue(3_204_551);
    fixture.distribution("runqueue_wakeup", feed, woken, 3_204_551);
    Histogram preempted = new Histogram(3);
    preempted.recordValueWithCount(5_020, 45);
    preempted.recordValue(12_847);
    fixture.distribution("runqueue_preempted", strategy, preempted, 12_847);
    fixture.count("run_delay_ns", feed, 21_080_000).count("run_delay_count", feed, 80_047);
    return fixture;
  }

  /** The report of a good day: nothing of note on isolated CPUs. */
  public static Fixture goodDay() {
    ThreadId strategy = new ThreadId(4720, "strategy", 0);
    Histogram woken = new Histogram(3);
    woken.recordValueWithCount(140, 400);
    return new Fixture()
        .capture("4-7", "4-7")
        .probe("isolation", "ls_sched_switch", "attached", null, null)
        .countsOfZero(strategy)
        .distribution("runqueue_wakeup", strategy, woken, 140)
        .wait(strategy, 0, 140, 4, "wakeup", null, 0);
  }

  /** A day on which nobody waited longer than half a microsecond, as often as is said. */
  public static Fixture quickWaits(long count) {
    ThreadId strategy = new ThreadId(4720, "strategy", 0);
    Histogram waits = new Histogram(3);
    if (count > 0) {
      waits.recordValueWithCount(140, count - 1);
      waits.recordValue(500);
    }
    return new Fixture()
        .capture("4-7", "4-7")
        .probe("isolation", "ls_sched_switch", "attached", null, null)
        .countsOfZero(strategy)
        .distribution("runqueue_wakeup", strategy, waits, count > 0 ? 500 : 0);
  }
}
