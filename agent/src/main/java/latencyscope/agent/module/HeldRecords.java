package latencyscope.agent.module;

import java.lang.foreign.MemorySegment;
import latencyscope.bpf.ring.RecordHandler;

/** Copies of a few records, in the order in which they came. Used by one thread at a time. */
final class HeldRecords {
  /** Of each type the longest eight, and those that were among them before. */
  private static final int ROOM = 512;

  /** No record is longer. */
  private static final int BYTES = 256;

  private final MemorySegment copies = MemorySegment.ofArray(new long[ROOM * BYTES / Long.BYTES]);
  private final int[] lengths = new int[ROOM];
  private int count;

  /** Copies a record; false if there is no room. */
  boolean add(MemorySegment data, long offset, int length) {
    if (count == ROOM || length > BYTES) {
      return false;
    }
    MemorySegment.copy(data, offset, copies, (long) count * BYTES, length);
    lengths[count++] = length;
    return true;
  }

  /** Hands over all records, and forgets them. */
  void forEach(RecordHandler handler) {
    for (int i = 0; i < count; i++) {
      handler.onRecord(copies, (long) i * BYTES, lengths[i]);
    }
    count = 0;
  }
}
