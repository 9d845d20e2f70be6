package latencyscope.agent.module;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import latencyscope.agent.memory.TargetMemory;
import latencyscope.agent.record.RecordBinding;
import latencyscope.agent.record.RecordHeader;
import latencyscope.bpf.btf.Struct;
import latencyscope.bpf.error.CorruptRingException;
import latencyscope.bpf.kernel.NativeThread;
import latencyscope.bpf.ring.LogReader;
import latencyscope.bpf.ring.RingReader;
import latencyscope.guest.budget.CostBudget;
import latencyscope.guest.budget.EventFlow;
import latencyscope.guest.event.TickClock;
import latencyscope.guest.evidence.RecordedEvents;
import latencyscope.guest.settings.CaptureSettings;
import latencyscope.jfr.Schema;

/**
 * Runs the drain thread's code before there is anything to drain, so that the JVM compiles it then
 * and not while the engine trades. To have a method compiled takes {@code MethodCompileQueue_lock},
 * and a thread of batch work that loses its CPU there keeps the engine's threads waiting.
 *
 * <p>Source of the numbers: HotSpot's tiered policy of JDK 25 (compilationPolicy.cpp). A method is
 * compiled by C1 at its 200th call (Tier3InvocationThreshold), and by C2 at its 5,000th or, with
 * loops, from the 600th on when calls and turns are 15,000 (Tier4CompileThreshold).
 */
final class WarmUp {
  /**
   * Records of each type in a turn, half of them from a ring and half from a log. In all turns of a
   * module enough for C1, also while much is being compiled: the policy's bounds rise with the
   * length of the compilers' queue. Methods of all types together see enough for C2. A type's own
   * {@code commit} must not: C2 would leave out the writing, which the flight recorder has turned
   * off for the thread, and would have to compile it again later.
   */
  private static final int RECORDS = 600;

  /** Turns before the programs are attached, as long as somebody waits for a first event. */
  static final int TURNS_BEFORE = 2;

  /** Turns once they are attached. */
  static final int TURNS_AFTER = 4;

  /** After each turn, for the compilers to take what it gave them. */
  private static final int PAUSE_US = 10_000;

  /** Runs of what is done each second: enough for C2, where each has a loop over a few types. */
  static final int LOOKS = 3_000;

  /** Runs of what loops more than 60 times, or reads a file. */
  private static final int LONG_LOOKS = 700;

  private static final int RING_HEADER = 8;

  private static final int LOG_HEAD = 64;

  private final MemorySegment consumer;
  private final RingReader ring;
  private final MemorySegment head;
  private final MemorySegment places;
  private final int types;
  private final int stride;
  private final LogReader log;

  /** Turns of the log, see {@link LogReader}. */
  private long logged;

  /**
   * Fills a ring and a log with a record of each type that is about nothing and nobody.
   *
   * @param structs of the types, by number
   * @param durationNs length of each type's record in nanoseconds
   * @param startNs begin of the records, CLOCK_MONOTONIC
   */
  WarmUp(Map<Long, Struct> structs, IntToLongFunction durationNs, long startNs) {
    Arena arena = Arena.ofAuto();
    long bytes = structs.values().stream().mapToLong(struct -> RING_HEADER + sizeOf(struct)).sum();
    MemorySegment data =
        arena.allocate(2 * Long.highestOneBit(2 * bytes + RING_HEADER), Long.BYTES);
    consumer = arena.allocate(JAVA_LONG);
    MemorySegment producer = arena.allocate(JAVA_LONG);
    types = structs.size();
    stride = structs.values().stream().mapToInt(WarmUp::sizeOf).max().orElse(Long.BYTES);
    head = arena.allocate(LOG_HEAD, Long.BYTES);
    int perCpu = Math.max(1, 2 * Integer.highestOneBit(types));
    places = arena.allocate((long) stride * perCpu, Long.BYTES);
    RecordHeader header = null;
    long at = 0;
    int type = 0;
    for (Map.Entry<Long, Struct> entry : structs.entrySet()) {
      Struct struct = entry.getValue();
      int number = entry.getKey().intValue();
      header = header == null ? new RecordHeader(struct) : header;
      data.set(JAVA_INT, at, struct.size());
      long record = at + RING_HEADER;
      Struct members = RecordBinding.headerOf(struct);
      data.set(JAVA_LONG, record + members.member("kernel_start_ns").offset(), startNs);
      data.set(
          JAVA_LONG,
          record + members.member("kernel_duration_ns").offset(),
          durationNs.applyAsLong(number));
      data.set(JAVA_INT, record + members.member("record").offset(), number);
      for (int place = type++; place < perCpu; place += types) {
        MemorySegment.copy(data, record, places, (long) place * stride, struct.size());
      }
      at = record + sizeOf(struct);
    }
    producer.set(JAVA_LONG, 0, at);
    ring = new RingReader(consumer, producer, data);
    log = types == 0 ? null : new LogReader(head, LOG_HEAD, places, stride, header::endNs);
  }

  private static int sizeOf(Struct struct) {
    return struct.size() + 7 & ~7;
  }

  /** Hands over all records as often as that many turns have it. */
  void drain(ModuleRecords records, int turns) throws CorruptRingException {
    for (int turn = 0; turn < turns && types > 0; turn++) {
      for (int i = 0; i < RECORDS / 2; i++) {
        consumer.set(JAVA_LONG, 0, 0);
        ring.drain(records, Integer.MAX_VALUE);
        readLog(records);
      }
      NativeThread.pause(PAUSE_US);
    }
  }

  // A record's sequence is the turn after the one in which it was written.
  private void readLog(ModuleRecords records) {
    for (int place = 0; place < log.perCpu(); place++) {
      places.set(JAVA_LONG, (long) place * stride, ++logged);
    }
    head.set(JAVA_LONG, 0, logged);
    log.read(0, 0, records.past());
  }

  /** Runs what the drain thread does for all modules together; changes nothing. */
  static void runOnceASecondWork(long pid) {
    TickClock clock = new TickClock(0);
    for (int i = 0; i < LONG_LOOKS; i++) {
      clock.calibrate();
    }
    RecordedEvents recorded = new RecordedEvents(Schema.events());
    List<EventFlow> flows =
        IntStream.range(0, Schema.events().size())
            .mapToObj(i -> new EventFlow(Integer.toString(i), () -> 0))
            .toList();
    CostBudget budget = new CostBudget(1, flows, 0, 0);
    for (int i = 1; i <= LOOKS; i++) {
      recorded.look(_ -> 0);
      budget.look(i * 1_000_000L, i, i, true);
      NativeThread.cpuTimeNs();
    }
    try (TargetMemory memory = new TargetMemory(CaptureSettings.folder(pid), null)) {
      for (int i = 0; i < LONG_LOOKS; i++) {
        memory.mayHaveChanged(0);
      }
    } catch (IOException closedAllTheSame) {
      return;
    }
  }
}
