package latencyscope.bpf.ring;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/** The kernel's side of a log, played on plain memory: as {@code log.bpf.h} does it. */
final class LogMemory {
  static final int HEAD_BYTES = 64;
  static final int NESTING = 4;

  private static final VarHandle LONG = JAVA_LONG.varHandle();

  final MemorySegment heads;
  final MemorySegment records;
  final LogReader reader;
  private final int perCpu;
  private final int words;

  /**
   * @param words of a record: its sequence, when it ended, and what the test wants
   */
  LogMemory(int cpus, int perCpu, int words) {
    this(cpus, perCpu, words, (data, at) -> data.get(JAVA_LONG, at + Long.BYTES));
  }

  LogMemory(int cpus, int perCpu, int words, LogReader.TimeOf endOf) {
    this.perCpu = perCpu;
    this.words = words;
    heads = MemorySegment.ofArray(new long[cpus * HEAD_BYTES / Long.BYTES]);
    records = MemorySegment.ofArray(new long[cpus * perCpu * words]);
    reader = new LogReader(heads, HEAD_BYTES, records, words * Long.BYTES, endOf);
  }

  /** A turn that was read and not yet written back, as by a program that is interrupted there. */
  long turn(int cpu) {
    return (long) LONG.get(heads, (long) cpu * HEAD_BYTES);
  }

  /** Claims a place, going on from a turn that was read before; returns where it is. */
  long claim(int cpu, long turn) {
    for (int attempt = 0; attempt < NESTING; attempt++) {
      long at = at(cpu, turn);
      LONG.setRelease(heads, (long) cpu * HEAD_BYTES, turn + 1);
      long sequence = records.get(JAVA_LONG, at);
      if ((sequence & LogReader.BUSY) == 0 && (sequence & ~LogReader.KEPT) != turn + 1) {
        LONG.setRelease(records, at, turn + 1 | LogReader.BUSY);
        VarHandle.storeStoreFence();
        return at;
      }
      turn = turn(cpu);
    }
    return -1;
  }

  long claim(int cpu) {
    return claim(cpu, turn(cpu));
  }

  /** Writes all words but the sequence. */
  void fill(long at, long endNs, long value) {
    records.set(JAVA_LONG, at + Long.BYTES, endNs);
    for (int word = 2; word < words; word++) {
      records.set(JAVA_LONG, at + (long) word * Long.BYTES, value);
    }
  }

  void publish(long at, boolean kept) {
    long sequence = records.get(JAVA_LONG, at) & ~LogReader.BUSY;
    LONG.setRelease(records, at, kept ? sequence | LogReader.KEPT : sequence);
  }

  /** One whole record. */
  void write(int cpu, long endNs, long value) {
    long at = claim(cpu);
    fill(at, endNs, value);
    publish(at, false);
  }

  private long at(int cpu, long turn) {
    return ((long) cpu * perCpu + (turn & perCpu - 1)) * words * Long.BYTES;
  }
}
