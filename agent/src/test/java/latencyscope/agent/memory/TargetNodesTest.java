package latencyscope.agent.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import latencyscope.guest.hotspot.AddressRange;
import latencyscope.guest.hotspot.MemoryRegion;
import org.junit.jupiter.api.Test;

class TargetNodesTest {
  private static final long PAGE = 4_096;

  private static AddressRange pages(long begin, long count) {
    return new AddressRange(begin * PAGE, (begin + count) * PAGE, MemoryRegion.ANONYMOUS);
  }

  @Test
  void fewPagesAreAllTaken() {
    long[] sample = TargetNodes.sample(List.of(pages(16, 2), pages(32, 1)));
    assertArrayEquals(new long[] {16 * PAGE, 17 * PAGE, 32 * PAGE}, sample);
    assertEquals(0, TargetNodes.sample(List.of()).length);
  }

  @Test
  void manyAreTakenEvenly() {
    List<AddressRange> ranges = List.of(pages(1 << 20, 90_000), pages(1 << 22, 10_000));
    long[] sample = TargetNodes.sample(ranges);
    assertEquals(4_096, Arrays.stream(sample).distinct().count());
    long second = Arrays.stream(sample).filter(address -> address >= (1L << 22) * PAGE).count();
    assertEquals(0.1, second / 4_096.0, 0.001);
    for (long address : sample) {
      assertTrue(
          ranges.stream().anyMatch(r -> address >= r.begin() && address < r.end()),
          () -> Long.toHexString(address));
    }
  }
}
