package latencyscope.recording;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import latencyscope.analysis.Limit;
import latencyscope.analysis.Report;
import latencyscope.jfr.schema.EventDescription;
import latencyscope.recording.event.EventConsumer;
import latencyscope.recording.event.EventType;
import latencyscope.recording.event.JvmEvent;
import latencyscope.recording.thread.ParserThread;
import latencyscope.recording.thread.ThreadId;
import org.HdrHistogram.Histogram;
import org.openjdk.jmc.common.IMCStackTrace;
import org.openjdk.jmc.common.unit.UnitLookup;
import org.openjdk.jmc.flightrecorder.parser.ValueField;

/** Makes recordings of system calls out of values. */
public final class SyscallFixture {
  private static final long TARGET = 4711;
  private static final long NONE = Long.MIN_VALUE;
  private static final long HEAP_LOCK = 0x7f10_0002_0008L;

  private final Fixture fixture = new Fixture();

  /** What was captured: everything, or one CPU. */
  public SyscallFixture(String cpus) {
    fixture.capture("syscall", cpus, "");
    for (String probe : List.of("ls_sys_enter", "ls_sys_exit", "ls_sched_waking")) {
      fixture.probe("syscall", probe, "attached", null, null);
    }
  }

  /** The budget raised the threshold of an event type. */
  public SyscallFixture raised(String type, long floorNs) {
    fixture.add(
        "BudgetExceeded",
        "startTime",
        Fixture.START,
        "eventType",
        EventDescription.PREFIX + type,
        "floor",
        floorNs);
    return this;
  }

  /** Adds a count of a thread. */
  public SyscallFixture count(String measure, ThreadId thread, long value) {
    fixture.add(
        "Counter",
        "startTime",
        Fixture.START,
        "duration",
        0L,
        "module",
        "syscall",
        "measure",
        measure,
        "thread",
        thread.name(),
        "osThreadId",
        thread.osTid(),
        "value",
        value);
    return this;
  }

  /** Adds how a thread spent its time. */
  public SyscallFixture time(ThreadId thread, long blockedNs, long activeNs) {
    return count("syscalls", thread, 100)
        .count("blocked_ns", thread, blockedNs)
        .count("active_ns", thread, activeNs);
  }

  /** Adds a distribution of a thread. */
  public SyscallFixture distribution(String measure, ThreadId thread, long count, long ns) {
    return distribution(measure, count, ns, "thread", thread.name(), "osThreadId", thread.osTid());
  }

  /** Adds how often a system call blocked, and how long each time. */
  public SyscallFixture call(String name, long number, int cpu, long count, long ns) {
    return distribution(
        "blocked",
        count,
        ns,
        "subject",
        "call",
        "subjectId",
        number,
        "subjectName",
        name,
        "cpu",
        (long) cpu);
  }

  private SyscallFixture distribution(String measure, long count, long ns, Object... whose) {
    Histogram histogram = new Histogram(3);
    histogram.recordValueWithCount(ns, count);
    List<Object> fields = new ArrayList<>(List.of(whose));
    fields.addAll(
        List.of(
            "startTime",
            Fixture.START,
            "duration",
            0L,
            "module",
            "syscall",
            "measure",
            measure,
            "count",
            count,
            "total",
            count * ns,
            "max",
            ns,
            "unbinned",
            0L,
            "distribution",
            Fixture.encode(histogram)));
    fixture.add("Histogram", fields.toArray());
    return this;
  }

  private SyscallFixture event(
      String name, ThreadId thread, long offset, long duration, int cpu, Object... more) {
    fixture.event("syscall", name, thread, offset, duration, cpu, more);
    return this;
  }

  /**
   * Adds a parked thread, or one that waits for a lock of Java, woken by a thread of the target.
   */
  public SyscallFixture woken(ThreadId thread, long offset, long ns, ThreadId waker) {
    return futex(thread, offset, ns, "wait-bitset", 0, "woken", NONE, waker);
  }

  /** Adds a thread that waits for a mutex of native code. */
  public SyscallFixture mutex(ThreadId thread, long offset, long ns, ThreadId waker) {
    return futex(thread, offset, ns, "wait", 2, "woken", NONE, waker);
  }

  /** Adds a thread that waits for a mutex of native code at an address, of the JVM if named. */
  public SyscallFixture mutex(
      ThreadId thread, long offset, long ns, ThreadId waker, long address, String name) {
    return futex(
        thread, offset, ns, "wait", 2, "woken", NONE, waker, "address", address, "lock", name);
  }

  /** Adds a thread that waits for a safepoint to end, in a futex of the JVM's own. */
  public SyscallFixture barrier(ThreadId thread, long offset, long ns) {
    return futex(thread, offset, ns, "wait", 17, "woken", NONE, null);
  }

  /** Adds a thread that waits for a time, as {@code Thread.sleep} does. */
  public SyscallFixture timed(ThreadId thread, long offset, long ns, long asked) {
    return futex(thread, offset, ns, "wait-bitset", 0, "timed-out", asked, null);
  }

  private SyscallFixture futex(
      ThreadId thread,
      long offset,
      long ns,
      String operation,
      long expected,
      String outcome,
      long asked,
      ThreadId waker,
      Object... more) {
    List<Object> fields =
        new ArrayList<>(
            Arrays.asList(
                "operation",
                operation,
                "outcome",
                outcome,
                "expected",
                expected,
                "timed",
                asked >= 0,
                "asked",
                asked,
                "runDelay",
                3_204L,
                "waker",
                waker == null ? null : waker.name(),
                "wakerTid",
                waker == null ? 0L : waker.osTid(),
                "wakerPid",
                waker == null ? 0L : TARGET));
    fields.addAll(Arrays.asList(more));
    return event("FutexWait", thread, offset, ns, 4, fields.toArray());
  }

  /** Adds a sleep in a system call. */
  public SyscallFixture sleep(ThreadId thread, long offset, long ns, long asked, int cpu) {
    return event(
        "Sleep",
        thread,
        offset,
        ns,
        cpu,
        "call",
        "clock_nanosleep",
        "outcome",
        "completed",
        "asked",
        asked,
        "overslept",
        ns - asked,
        "runDelay",
        0L);
  }

  /** Adds another call that blocked. */
  public SyscallFixture blocked(
      ThreadId thread, long offset, long ns, String call, String file, ThreadId waker) {
    return event(
        "BlockingSyscall",
        thread,
        offset,
        ns,
        2,
        "call",
        call,
        "result",
        1L,
        "descriptor",
        file.equals("none") ? -1L : 17L,
        "file",
        file,
        "runDelay",
        0L,
        "waker",
        waker == null ? null : waker.name(),
        "wakerTid",
        waker == null ? 0L : waker.osTid(),
        "wakerPid",
        waker == null ? 0L : TARGET);
  }

  /** Adds what the JVM itself says of a wait. */
  public SyscallFixture java(
      String type, ThreadId thread, long offset, long ns, String field, String className) {
    return java(type, thread, offset, ns, field, className, null);
  }

  /** Notes from which length on the JVM records events of a type; null if it is off. */
  public SyscallFixture keptFrom(String type, String threshold) {
    Fixture.keptFrom(fixture.builder, type, threshold);
    return this;
  }

  /** Notes a thread as the recorder knows it, with its Java id. */
  public SyscallFixture known(ThreadId thread) {
    fixture.builder.threads.learn(new ParserThread(thread.osTid(), thread.javaId(), thread.name()));
    return this;
  }

  /** The same, with where in the program it was. */
  public SyscallFixture java(
      String type,
      ThreadId thread,
      long offset,
      long ns,
      String field,
      String className,
      IMCStackTrace stack) {
    Map<String, Object> fields =
        Fixture.fields("startTime", Fixture.START + offset, "duration", ns);
    if (stack != null) {
      fields.put("stackTrace", stack);
    }
    if (field != null) {
      fields.put(field, className);
    }
    List<ValueField> described = new ArrayList<>();
    fields.keySet().forEach(f -> described.add(new ValueField(f, f, f, UnitLookup.UNKNOWN)));
    EventType known = new EventType(type, new String[] {"Java"}, described);
    JvmEvent event = new JvmEvent(known, type).set(fields.values().toArray(), thread);
    tell(fixture.analyzers, type, event);
    fixture.events.add(consumer -> tell(consumer, type, event));
    return this;
  }

  private static void tell(EventConsumer consumer, String type, JvmEvent event) {
    if (consumer.wants(type)) {
      consumer.accept(event);
    }
  }

  /** The events, for outputs that show them one by one. */
  public EventSource source() {
    return fixture.source();
  }

  /** Ends a chunk of the recording. */
  public SyscallFixture chunk() {
    fixture.analyzers.endOfChunk();
    return this;
  }

  /** What is to be said of it. */
  public Report report(Limit... limits) {
    return fixture.report(limits);
  }

  /** A strategy that sleeps, waits for a lock and for the disk, beside a pool that has nothing. */
  public static SyscallFixture badDay() {
    ThreadId strategy = new ThreadId(4720, "strategy", 31);
    ThreadId risk = new ThreadId(4722, "risk", 33);
    ThreadId pool = new ThreadId(4730, "pool-1-thread-1", 40);
    ThreadId compiler = new ThreadId(4716, "C2 CompilerThread0", 0);
    SyscallFixture fixture = new SyscallFixture("4-7");
    fixture.time(strategy, 61_000_000, 9_900_000_000L).time(pool, 9_950_000_000L, 50_000_000);
    for (int i = 0; i < 45; i++) {
      long offset = i * 20_000_000L;
      fixture.java("jdk.ThreadSleep", strategy, offset - 10_000, 1_200_000, null, null);
      fixture.timed(strategy, offset, 1_062_000 + i, 1_000_000);
    }
    for (int i = 0; i < 12; i++) {
      long offset = 1_000_000_000L + i * 3_000_000L;
      String lock = "java.util.concurrent.locks.ReentrantLock$NonfairSync";
      fixture.java("jdk.ThreadPark", strategy, offset - 5_000, 600_000, "parkedClass", lock);
      fixture.woken(strategy, offset, 500_000 + 1_000 * i, risk);
    }
    fixture.mutex(
        strategy, 2_000_000_000L, 84_000, compiler, 0x7f10_0001_0008L, "MethodCompileQueue_lock");
    ThreadId drain = new ThreadId(4740, "latencyscope-drain", 50);
    ThreadId vm = new ThreadId(4714, "VM Thread", 0);
    fixture.mutex(strategy, 2_500_000_000L, 6_000_000, drain, HEAP_LOCK, "Heap_lock");
    fixture.mutex(risk, 2_501_000_000L, 5_200_000, strategy, HEAP_LOCK, "Heap_lock");
    fixture.mutex(vm, 2_502_000_000L, 4_400_000, risk, HEAP_LOCK, "Heap_lock");
    fixture.blocked(strategy, 3_000_000_000L, 9_100_000, "fdatasync", "regular", null);
    for (int i = 0; i < 200; i++) {
      fixture.woken(pool, i * 50_000_000L, 49_000_000, strategy);
      fixture.java(
          "jdk.ThreadPark",
          pool,
          i * 50_000_000L - 1_000,
          49_100_000,
          "parkedClass",
          "java.util.concurrent.locks.AbstractQueuedSynchronizer$ConditionObject");
    }
    return fixture
        .distribution("futex_timed_out", strategy, 45, 1_062_000)
        .distribution("futex_woken", strategy, 13, 480_000)
        .distribution("futex_woken", pool, 200, 49_000_000)
        .distribution("blocking_call", strategy, 1, 9_100_000)
        .call("futex", 202, 4, 258, 38_193_915)
        .call("fdatasync", 75, 2, 1, 9_100_000);
  }
}
