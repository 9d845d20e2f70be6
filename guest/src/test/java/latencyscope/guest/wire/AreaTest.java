package latencyscope.guest.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One side writes, the other reads, in the same memory. */
class AreaTest {
  private static final int CAPACITY = 1 << 10;

  private final ByteBuffer memory = ByteBuffer.allocateDirect(AreaWriter.HEADER + CAPACITY);
  private final AreaWriter writer = new AreaWriter(memory);
  private final AreaReader reader = new AreaReader(memory.asReadOnlyBuffer());
  private final List<String> read = new ArrayList<>();

  private boolean put(String text) {
    return writer.put(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  private int drain(int limit) throws Exception {
    return reader.drain(
        limit,
        record -> {
          byte[] bytes = new byte[record.remaining()];
          record.get(bytes);
          read.add(new String(bytes, StandardCharsets.UTF_8).strip());
        });
  }

  /** Of every length, so that they end at every place, and with every rest at the ring's end. */
  @Test
  void recordsComeInOrderRoundAfterRound() throws Exception {
    List<String> written = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      String text = "a".repeat(1 + i % 300);
      assertTrue(put(text));
      written.add(text);
      assertEquals(1, drain(10));
      assertTrue(writer.readUntil(reader.position()));
    }
    assertEquals(written, read.stream().map(text -> text.replace("\0", "")).toList());
    assertEquals(0, writer.pending());
  }

  @Test
  void aFullRingTakesNoMore() throws Exception {
    int count = 0;
    while (put("0123456789")) {
      count++;
    }
    assertEquals(CAPACITY / 16, count);
    assertEquals(CAPACITY, reader.pending());
    assertEquals(3, drain(3));
    assertFalse(put("0123456789"), "it was read, but that was not said");
    assertTrue(writer.readUntil(reader.position()));
    assertTrue(put("0123456789"));
    assertFalse(put("a".repeat(CAPACITY)), "longer than the ring");
  }

  @Test
  void aReaderThatLiesIsFoundOut() {
    put("0123456789");
    assertFalse(writer.readUntil(24), "more than was written");
    assertFalse(writer.readUntil(-8));
    assertFalse(writer.readUntil(3), "in the middle");
    assertTrue(writer.readUntil(16));
    assertFalse(writer.readUntil(0), "back");
  }

  @Test
  void garbageIsNoRecord() {
    for (int length : new int[] {0, 4, 12, -1, CAPACITY + 8, Integer.MAX_VALUE}) {
      memory.order(ByteOrder.LITTLE_ENDIAN).putInt(AreaWriter.HEADER, length);
      memory.putLong(AreaWriter.WRITTEN, CAPACITY);
      assertThrows(EventReader.GarbageException.class, () -> drain(10), () -> length + " bytes");
    }
    memory.putInt(AreaWriter.HEADER, 16).putLong(AreaWriter.WRITTEN, CAPACITY + 8);
    assertThrows(EventReader.GarbageException.class, () -> drain(10), "more than fits");
  }

  @Test
  void anAreaIsAPageAndAPowerOfTwo() {
    for (int bytes : new int[] {0, AreaWriter.HEADER, AreaWriter.HEADER + 24}) {
      ByteBuffer other = ByteBuffer.allocate(bytes);
      assertThrows(IllegalArgumentException.class, () -> new AreaReader(other));
    }
  }

  @Test
  void birthsAreSeen() {
    long before = reader.born();
    writer.threadsWereBorn();
    assertEquals(before + 1, reader.born());
  }
}
