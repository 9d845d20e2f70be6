package latencyscope.bpf.ring;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * Reads a log that overwrites its oldest records: programs of each CPU write to that CPU's part,
 * one reader looks when it is asked to, and holds nobody up.
 *
 * <p>The protocol is that of {@code log.bpf.h}. A record begins with its sequence, the turn in
 * which it was written, from 1, with a bit that says that it is being written. A record is taken if
 * its sequence is that of the expected turn and not busy, both before and after it was copied. One
 * that was overwritten meanwhile, or is being written, is counted and never handed over.
 *
 * <p>One thread at a time. Allocates nothing per record or per read.
 */
public final class LogReader {
  /** The record is being written. */
  static final long BUSY = 1L << 63;

  /** The record is above its threshold: the ring has it, too. */
  public static final long KEPT = 1L << 62;

  /** Records end in nearly the order of their turns: so many older ones in a row are the border. */
  private static final int OLDER_IN_A_ROW = 16;

  /** A program is done within some microseconds, unless a hypervisor takes its CPU. */
  private static final int SPINS = 1_000;

  private static final long NOT_THERE = -1;

  private static final VarHandle WORD = ValueLayout.JAVA_LONG.varHandle().withInvokeExactBehavior();

  private final MemorySegment heads;
  private final long headStride;
  private final MemorySegment records;
  private final long stride;
  private final int cpus;
  private final int perCpu;
  private final TimeOf endOf;
  private final long[] readUntil;
  private final long[] copy;
  private final MemorySegment copied;
  private long overwritten;
  private long unfinished;
  private long wholeFromNs;

  /** When a record's occurrence ended. */
  @FunctionalInterface
  public interface TimeOf {
    /** Nanoseconds of the kernel's monotonic clock, of the record that begins at an offset. */
    long endNs(MemorySegment data, long offset);
  }

  /**
   * Reads from any memory that is laid out like a log.
   *
   * @param heads for each CPU the next turn, a u64, the first of each {@code headStride} bytes
   * @param records for each CPU its records, as many for each: a power of two
   * @param stride bytes from one record to the next, a multiple of 8
   * @param endOf knows the records' layout
   * @throws IllegalArgumentException when the memory has no such size
   */
  public LogReader(
      MemorySegment heads, int headStride, MemorySegment records, int stride, TimeOf endOf) {
    this.heads = heads;
    this.headStride = headStride;
    this.records = records;
    this.stride = stride;
    this.endOf = endOf;
    this.cpus = Math.toIntExact(heads.byteSize() / headStride);
    this.perCpu = Math.toIntExact(records.byteSize() / stride / cpus);
    if (Integer.bitCount(perCpu) != 1
        || stride % Long.BYTES != 0
        || records.byteSize() != (long) cpus * perCpu * stride) {
      throw new IllegalArgumentException(
          "a log of "
              + cpus
              + " CPUs has a power of two of records for each, and so not "
              + records.byteSize()
              + " bytes for records of "
              + stride);
    }
    readUntil = new long[cpus];
    copy = new long[stride / Long.BYTES];
    copied = MemorySegment.ofArray(copy);
  }

  /** CPUs that have a part of the log, from 0. */
  public int cpus() {
    return cpus;
  }

  /** Records that each CPU's part has. */
  public int perCpu() {
    return perCpu;
  }

  /** Bytes that the log's records take. */
  public long capacityBytes() {
    return records.byteSize();
  }

  /** Records that a CPU has written since the log was made. */
  public long written(int cpu) {
    return (long) WORD.getAcquire(heads, cpu * headStride);
  }

  /** Whether a CPU's part has lost records to newer ones that were not read. */
  public boolean hasLost(int cpu) {
    return written(cpu) - readUntil[cpu] > perCpu;
  }

  /** When the oldest record that a CPU's part still has ended, nanoseconds; 0 if it has none. */
  public long oldestNs(int cpu) {
    long end = written(cpu);
    for (long turn = Math.max(0, end - perCpu); turn < end; turn++) {
      long endNs = endOf(turn, place(cpu, turn));
      if (endNs != NOT_THERE) {
        return endNs;
      }
    }
    return 0;
  }

  /**
   * Records since the last call that newer ones overwrote before they were read, or while they
   * were. Where the log does not reach back to the time that was asked for, those of before it are
   * among them.
   */
  public long takeOverwritten() {
    long count = overwritten;
    overwritten = 0;
    return count;
  }

  /**
   * When the first record ended that was read after the last one that was overwritten meanwhile, in
   * the last reading; 0 if none was. The oldest are overwritten while they are read.
   */
  public long wholeFromNs() {
    return wholeFromNs;
  }

  /** Turns since the last call whose record was not there when it was read. */
  public long takeUnfinished() {
    long count = unfinished;
    unfinished = 0;
    return count;
  }

  /**
   * Hands over what a CPU has written since the last call and the ring has not, oldest first.
   *
   * @param sinceNs passes over what ended before that time of the kernel's monotonic clock
   * @param handler takes each record, which is only there until it returns
   * @return how many were handed over
   */
  public int read(int cpu, long sinceNs, RecordHandler handler) {
    long end = written(cpu);
    long begin = begin(cpu, end, sinceNs);
    int handed = 0;
    long seen = overwritten;
    wholeFromNs = 0;
    for (long turn = begin; turn < end; turn++) {
      if (!take(turn, place(cpu, turn))) {
        continue;
      }
      if (overwritten != seen) {
        seen = overwritten;
        wholeFromNs = endOf.endNs(copied, 0);
      }
      if ((copy[0] & KEPT) == 0) {
        handed++;
        handler.onRecord(copied, 0, copy.length * Long.BYTES);
      }
    }
    // One that was interrupted while it took its turn sets the next turn back until it has found a
    // free one: what was read then is not read again.
    readUntil[cpu] = Math.max(readUntil[cpu], end);
    return handed;
  }

  // From the newest back to where they are too old, or have been read.
  private long begin(int cpu, long end, long sinceNs) {
    long last = Math.max(readUntil[cpu], end - perCpu);
    int older = 0;
    for (long turn = end - 1; turn >= last; turn--) {
      long endNs = endOf(turn, place(cpu, turn));
      boolean old = endNs != NOT_THERE && endNs < sinceNs;
      older = old ? older + 1 : 0;
      if (older == OLDER_IN_A_ROW) {
        return turn + OLDER_IN_A_ROW;
      }
    }
    overwritten += last - readUntil[cpu];
    return last;
  }

  private boolean take(long turn, long place) {
    long before = awaitWritten(turn, place);
    long sequence = before & ~KEPT;
    if (sequence < turn + 1) { // busy, which is negative, or not even that
      unfinished++;
      return false;
    }
    MemorySegment.copy(records, ValueLayout.JAVA_LONG, place, copy, 0, copy.length);
    VarHandle.acquireFence(); // the copy is made before the sequence is looked at again
    if (sequence == turn + 1 && before == (long) WORD.getAcquire(records, place)) {
      return true;
    }
    overwritten++;
    return false;
  }

  // The next turn is there before the record of this one: a program may be about to write it. Or it
  // never will, where one that was interrupted has left its turn out.
  private long awaitWritten(long turn, long place) {
    long sequence = (long) WORD.getAcquire(records, place);
    for (int spin = 0; spin < SPINS && (sequence & ~KEPT) < turn + 1; spin++) {
      Thread.onSpinWait();
      sequence = (long) WORD.getAcquire(records, place);
    }
    return sequence;
  }

  // The oldest is overwritten next, perhaps while it is looked at.
  private long endOf(long turn, long place) {
    if (!isWhole(turn, place)) {
      return NOT_THERE;
    }
    long endNs = endOf.endNs(records, place);
    VarHandle.acquireFence();
    return isWhole(turn, place) ? endNs : NOT_THERE;
  }

  private boolean isWhole(long turn, long place) {
    return ((long) WORD.getAcquire(records, place) & ~KEPT) == turn + 1;
  }

  private long place(int cpu, long turn) {
    return ((long) cpu * perCpu + (turn & perCpu - 1)) * stride;
  }
}
