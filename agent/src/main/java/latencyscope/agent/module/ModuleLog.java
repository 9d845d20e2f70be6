package latencyscope.agent.module;

import java.lang.invoke.VarHandle;
import java.util.Arrays;
import latencyscope.agent.record.RecordHeader;
import latencyscope.bpf.btf.Struct;
import latencyscope.bpf.error.BpfException;
import latencyscope.bpf.kernel.Kernel;
import latencyscope.bpf.libbpf.KernelMap;
import latencyscope.bpf.libbpf.KernelObject;
import latencyscope.bpf.libbpf.LoadedObject;
import latencyscope.bpf.ring.LogReader;
import latencyscope.bpf.ring.RecordHandler;
import latencyscope.guest.event.EventSink;
import latencyscope.guest.event.ImplicitFields;
import latencyscope.guest.event.TickClock;
import latencyscope.jfr.capture.FullResolution;

/**
 * The log of one module: every occurrence on watched threads, of each CPU the last ones. Read when
 * a chunk of the recording ends, and not before. Used by one thread at a time.
 */
final class ModuleLog {
  /** Places that programs need also where nobody wants a log: see {@code log.bpf.h}. */
  static final int NO_LOG = 4;

  private static final String RECORDS = "ls_log";
  private static final String HEADS = "ls_log_heads";

  /** Parts of the memory for logs: threads switch more often than anything else happens. */
  private static final int PARTS = 8;

  private static final int PARTS_OF_FIRST = 4;

  private final EventSink sink;
  private final LogReader reader;
  private final FullResolution event = new FullResolution();
  private final VarHandle startTime;
  private final VarHandle duration;

  /** Of each CPU until when its log has been read, or since when it is one, nanoseconds. */
  private final long[] readUntilNs;

  private ModuleLog(String module, LogReader reader, EventSink sink) throws IllegalAccessException {
    this.sink = sink;
    this.reader = reader;
    event.module = module;
    startTime = ImplicitFields.startTime(FullResolution.class);
    duration = ImplicitFields.duration(FullResolution.class);
    readUntilNs = new long[reader.cpus()];
  }

  /**
   * Opens a module's log; null if it has only what its programs need.
   *
   * @param record any of the module's records
   * @param sink takes the events
   */
  static ModuleLog of(String module, LoadedObject object, Struct record, EventSink sink)
      throws BpfException, IllegalAccessException {
    KernelMap heads = object.map(HEADS);
    KernelMap records = object.map(RECORDS);
    RecordHeader header = new RecordHeader(record);
    LogReader reader =
        new LogReader(
            heads.memory(), heads.stride(), records.memory(), records.stride(), header::endNs);
    return reader.perCpu() > NO_LOG ? new ModuleLog(module, reader, sink) : null;
  }

  /** From now on every occurrence is logged; of the kernel's clock. */
  void begin(long nowNs) {
    Arrays.fill(readUntilNs, nowNs);
  }

  /**
   * Gives a module a log, without which its programs send nothing.
   *
   * @param perCpu records for each CPU: {@link #NO_LOG} for what programs need
   */
  static void configure(KernelObject object, int perCpu) throws BpfException {
    object
        .constant("log_records", perCpu)
        .mapEntries(RECORDS, Math.multiplyExact(perCpu, cpuNumbers()))
        .mapEntries(HEADS, cpuNumbers());
  }

  /** One more than the highest number that a CPU may have. */
  static int cpuNumbers() throws BpfException {
    return Kernel.running().possibleCpus().last().orElseThrow() + 1;
  }

  /**
   * How many records of each CPU fit into a module's part of the memory for logs.
   *
   * @param bytes memory for all modules and CPUs
   * @return a power of two, or {@link #NO_LOG} where that leaves next to nothing
   */
  static int records(String module, long bytes, int cpus, int recordBytes) {
    long part = module.equals(ModuleLoader.FIRST) ? PARTS_OF_FIRST : 1;
    long records = bytes / PARTS * part / cpus / recordBytes;
    return (int) Math.max(NO_LOG, Math.min(1 << 24, Long.highestOneBit(records)));
  }

  /** Bytes of kernel memory. */
  long capacityBytes() {
    return reader.capacityBytes();
  }

  /**
   * Turns what the log has, and no ring has had, into events, and says from when on that is all.
   *
   * @param sinceNs passes over what ended before, of the kernel's clock
   * @return from when on that is so for all CPUs
   */
  long commit(long sinceNs, RecordHandler handler, TickClock clock) {
    long allFromNs = sinceNs;
    for (int cpu = 0; cpu < reader.cpus(); cpu++) {
      if (reader.written(cpu) == 0) {
        continue;
      }
      // Before it is read: what is overwritten from now on is counted.
      long fromNs = Math.max(sinceNs, readUntilNs[cpu]);
      if (reader.hasLost(cpu)) {
        fromNs = Math.max(fromNs, reader.oldestNs(cpu));
      }
      long untilNs = clock.kernelNow();
      event.records = reader.read(cpu, fromNs, handler);
      fromNs = Math.max(fromNs, reader.wholeFromNs());
      allFromNs = Math.max(allFromNs, fromNs);
      event.overwritten = reader.takeOverwritten();
      event.unfinished = reader.takeUnfinished();
      event.cpu = cpu;
      long from = clock.ticksAt(fromNs);
      startTime.set(event, Math.max(1, from));
      duration.set(event, Math.max(1, clock.ticksAt(untilNs) - from));
      sink.commit(event);
      readUntilNs[cpu] = untilNs;
    }
    return allFromNs;
  }
}
