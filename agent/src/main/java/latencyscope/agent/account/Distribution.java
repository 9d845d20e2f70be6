package latencyscope.agent.account;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.function.IntConsumer;
import latencyscope.bpf.btf.Struct;
import latencyscope.bpf.btf.Type;

/**
 * Takes the counts of one {@code struct histogram} out of the kernel's memory, leaving zeros
 * behind.
 *
 * <p>The kernel adds to the counts atomically while this exchanges them, so that none is lost or
 * seen twice. Buffers are reused: for use by one thread at a time.
 */
public final class Distribution {
  private static final VarHandle COUNTS = ValueLayout.JAVA_INT.varHandle();

  private final MemorySegment chunkMemory;
  private final long chunkBytes;
  private final int chunkCounts;
  private final long chunkIds;
  private final int chunks;
  private final long[] counts;

  public Distribution(MemorySegment chunkMemory, Struct chunk, Struct histogram) {
    this.chunkMemory = chunkMemory;
    chunkBytes = chunk.size();
    chunkCounts = ((Type.Array) chunk.member("counts").type()).length();
    chunkIds = histogram.member("chunks").offset();
    chunks = ((Type.Array) histogram.member("chunks").type()).length();
    counts = new long[chunks * chunkCounts];
  }

  /** The counts taken since the last {@link #clear}, indexed as HdrHistogram does. */
  long[] counts() {
    return counts;
  }

  /** Forgets the counts that were taken. */
  void clear() {
    Arrays.fill(counts, 0);
  }

  /**
   * Takes all counts that are there, in addition to those taken before.
   *
   * @return how many occurrences there were this time
   */
  public long take(MemorySegment memory, long histogram) {
    long sum = 0;
    for (int position = 0; position < chunks; position++) {
      int id = chunkId(memory, histogram, position);
      if (id != 0) {
        sum += takeChunk(id * chunkBytes, position * chunkCounts);
      }
    }
    return sum;
  }

  private long takeChunk(long chunk, int first) {
    long sum = 0;
    for (int i = 0; i < chunkCounts; i++) {
      long at = chunk + (long) i * Integer.BYTES;
      // Most are 0: a look is cheaper than an exchange.
      if ((int) COUNTS.getOpaque(chunkMemory, at) != 0) {
        long count = Integer.toUnsignedLong((int) COUNTS.getAndSet(chunkMemory, at, 0));
        counts[first + i] += count;
        sum += count;
      }
    }
    return sum;
  }

  /** Gives the chunks of a histogram that will not be used any more to the consumer. */
  void release(MemorySegment memory, long histogram, IntConsumer free) {
    for (int position = 0; position < chunks; position++) {
      int id = chunkId(memory, histogram, position);
      if (id != 0) {
        chunkMemory.asSlice(id * chunkBytes, chunkBytes).fill((byte) 0);
        free.accept(id);
      }
    }
  }

  private int chunkId(MemorySegment memory, long histogram, int position) {
    return Short.toUnsignedInt(
        memory.get(ValueLayout.JAVA_SHORT, histogram + chunkIds + (long) position * Short.BYTES));
  }
}
