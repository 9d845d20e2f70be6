package latencyscope.agent.account;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import latencyscope.bpf.btf.ObjectFile;
import latencyscope.bpf.btf.Struct;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Over plain memory, laid out as the compiled object says. */
class DistributionTest {
  private static final int CHUNK_COUNTS = 128;

  private final MemorySegment slot = Arena.ofAuto().allocate(4096, 8);
  private final MemorySegment chunks = Arena.ofAuto().allocate(16 * 512L, 8);
  private Struct histogram;
  private Distribution distribution;

  @BeforeEach
  void layOut() throws Exception {
    ObjectFile file = ObjectFile.named("isolation");
    histogram = file.struct("histogram");
    distribution = new Distribution(chunks, file.struct("chunk"), histogram);
  }

  private void give(int position, int chunk) {
    slot.set(
        ValueLayout.JAVA_SHORT, histogram.member("chunks").offset() + position * 2L, (short) chunk);
  }

  private void count(int chunk, int index, int count) {
    chunks.set(ValueLayout.JAVA_INT, (chunk * CHUNK_COUNTS + index) * 4L, count);
  }

  @Test
  void countsAreTakenOnce() {
    give(3, 7);
    give(200, 2);
    count(7, 5, 11);
    count(2, 127, -1); // as unsigned: the counter is about to overflow
    assertEquals(11 + 4_294_967_295L, distribution.take(slot, 0));
    assertEquals(11, distribution.counts()[3 * CHUNK_COUNTS + 5]);
    assertEquals(4_294_967_295L, distribution.counts()[200 * CHUNK_COUNTS + 127]);
    distribution.clear();
    assertEquals(0, distribution.take(slot, 0));
    assertEquals(0, Arrays.stream(distribution.counts()).sum());
  }

  @Test
  void aChunkThatWasNeverGivenIsNotRead() {
    count(0, 0, 99); // chunk 0 means none
    assertEquals(0, distribution.take(slot, 0));
  }

  @Test
  void releasedChunksAreEmptyAndReturned() {
    give(0, 1);
    give(9, 15);
    count(1, 1, 1);
    count(15, 0, 1);
    List<Integer> freed = new ArrayList<>();
    distribution.release(slot, 0, freed::add);
    assertEquals(List.of(1, 15), freed);
    assertEquals(0, distribution.take(slot, 0));
  }
}
