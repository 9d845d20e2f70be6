package latencyscope.bpf.ring;

import java.lang.foreign.MemorySegment;

/** Takes the records of a ring, one at a time. */
@FunctionalInterface
public interface RecordHandler {
  /**
   * Takes one record, which is only there until this returns.
   *
   * @param data the ring's memory; whole, so that nothing is allocated to show a part of it
   * @param offset of the record's first byte, a multiple of 8
   * @param length of the record in bytes; all of them lie in one piece, also where the ring wraps
   */
  void onRecord(MemorySegment data, long offset, int length);
}
