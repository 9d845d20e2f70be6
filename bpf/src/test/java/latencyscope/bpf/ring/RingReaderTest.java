package latencyscope.bpf.ring;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import latencyscope.bpf.error.CorruptRingException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class RingReaderTest {
  private static final int SIZE = 256;

  private final RingMemory ring = new RingMemory(SIZE);
  private final List<Long> seen = new ArrayList<>();
  private final RecordHandler collect = (data, at, length) -> seen.add(data.get(JAVA_LONG, at));

  @Test
  void anEmptyRingHasNothing() throws Exception {
    assertEquals(0, ring.reader.drain(collect, 10));
    assertEquals(0, ring.reader.pendingBytes());
    assertEquals(SIZE, ring.reader.capacityBytes());
  }

  @Test
  void recordsComeInOrderWithTheirLength() throws Exception {
    List<Integer> lengths = new ArrayList<>();
    ring.submit(ring.reserve(13), 13, 1, 2);
    ring.send(3, 4, 5);
    assertEquals(24 + 32, ring.reader.pendingBytes());
    assertEquals(2, ring.reader.drain((_, _, length) -> lengths.add(length), 10));
    assertEquals(List.of(13, 24), lengths);
    assertEquals(0, ring.reader.pendingBytes());
  }

  @Test
  void aBusyRecordHoldsBackWhatFollows() throws Exception {
    ring.send(1);
    long busy = ring.reserve(8);
    ring.send(3);
    assertEquals(1, ring.reader.drain(collect, 10));
    assertEquals(0, ring.reader.drain(collect, 10));
    assertEquals(32, ring.reader.pendingBytes());
    assertEquals(16, ring.reader.consumedBytes());
    ring.submit(busy, 8, 2);
    assertEquals(2, ring.reader.drain(collect, 10));
    assertEquals(List.of(1L, 2L, 3L), seen);
  }

  @Test
  void aDiscardedRecordIsPassedOverAndNotCounted() throws Exception {
    ring.discard(ring.reserve(16), 16);
    ring.send(2);
    ring.discard(ring.reserve(8), 8);
    assertEquals(1, ring.reader.drain(collect, 1));
    assertEquals(List.of(2L), seen);
    assertEquals(0, ring.reader.drain(collect, 1));
    assertEquals(0, ring.reader.pendingBytes());
  }

  @Test
  void aBatchIsBounded() throws Exception {
    for (long i = 0; i < 5; i++) {
      ring.send(i);
    }
    assertEquals(2, ring.reader.drain(collect, 2));
    assertEquals(3 * 16, ring.reader.pendingBytes());
    assertEquals(3, ring.reader.drain(collect, 9));
    assertEquals(List.of(0L, 1L, 2L, 3L, 4L), seen);
  }

  @Test
  void aRecordAcrossTheEndLiesInOnePiece() throws Exception {
    ring.startingAt(SIZE - 16);
    ring.send(10, 11, 12, 13);
    ring.send(20);
    ring.reader.drain(
        (data, at, length) -> {
          for (long i = at; i < at + length; i += 8) {
            seen.add(data.get(JAVA_LONG, i));
          }
        },
        10);
    assertEquals(List.of(10L, 11L, 12L, 13L, 20L), seen);
  }

  @Test
  void aFullRingIsNotAnOverrun() throws Exception {
    ring.send(new long[SIZE / 8 - 1]);
    assertEquals(SIZE, ring.reader.pendingBytes());
    assertEquals(1, ring.reader.drain(collect, 10));
  }

  @Test
  void positionsMayPassTheLargestLong() throws Exception {
    ring.startingAt(Long.MAX_VALUE - 7);
    ring.send(1);
    ring.send(2);
    assertTrue(ring.producerPosition() < 0);
    assertEquals(2, ring.reader.drain(collect, 10));
    assertEquals(List.of(1L, 2L), seen);
    assertEquals(ring.producerPosition(), ring.consumerPosition());
  }

  @Test
  void anOverrunIsReportedOnceAndSkipped() throws Exception {
    ring.startingAt(1024);
    ring.producer.set(JAVA_LONG, 0, 1024 + SIZE + 8);
    var e = assertThrows(CorruptRingException.class, () -> ring.reader.drain(collect, 10));
    assertEquals(
        "the ring of 256 bytes has its producer at 1288 and its consumer at 1024: skipped 264 bytes",
        e.problem());
    assertEquals(264, e.skippedBytes());
    assertGoesOn();
  }

  @Test
  void aProducerThatWentBackIsReportedOnce() throws Exception {
    ring.startingAt(1024);
    ring.producer.set(JAVA_LONG, 0, 1016);
    assertThrows(CorruptRingException.class, () -> ring.reader.drain(collect, 10));
    assertGoesOn();
  }

  @Test
  void aLengthThatCannotBeTrueIsReportedOnceAndSkipped() throws Exception {
    ring.send(1);
    long position = ring.reserve(8);
    ring.write(position, 4000);
    var e = assertThrows(CorruptRingException.class, () -> ring.reader.drain(collect, 10));
    assertEquals(
        "a record of 4000 bytes at 16 ends behind the ring's producer: skipped 16 bytes",
        e.problem());
    assertEquals(List.of(1L), seen);
    seen.clear();
    assertGoesOn();
  }

  private void assertGoesOn() throws CorruptRingException {
    assertEquals(0, ring.reader.drain(collect, 10));
    ring.send(77);
    assertEquals(1, ring.reader.drain(collect, 10));
    assertEquals(List.of(77L), seen);
  }

  @Test
  void aRecordWhoseHandlerThrowsIsConsumed() throws Exception {
    ring.send(1);
    ring.send(2);
    ring.send(3);
    var thrown = new IllegalStateException("on purpose");
    RecordHandler failing =
        (data, at, _) -> {
          if (data.get(JAVA_LONG, at) == 2) {
            throw thrown;
          }
        };
    assertSame(
        thrown, assertThrows(IllegalStateException.class, () -> ring.reader.drain(failing, 10)));
    assertEquals(32, ring.consumerPosition());
    assertEquals(1, ring.reader.drain(collect, 10));
    assertEquals(List.of(3L), seen);
  }

  @Test
  void spaceIsGivenBackOnlyAfterTheHandler() throws Exception {
    ring.send(1);
    ring.send(2);
    List<Long> positions = new ArrayList<>();
    ring.reader.drain((_, _, _) -> positions.add(ring.consumerPosition()), 10);
    assertEquals(List.of(0L, 0L), positions);
    assertEquals(32, ring.consumerPosition());
  }

  @Test
  void theSizeIsAPowerOfTwo() {
    MemorySegment page = MemorySegment.ofArray(new long[1]);
    MemorySegment odd = MemorySegment.ofArray(new long[2 * 24]);
    var e = assertThrows(IllegalArgumentException.class, () -> new RingReader(page, page, odd));
    assertEquals("ring data is twice a power of two, not 384 bytes", e.getMessage());
  }

  @Test
  void nothingIsAllocated() throws Exception {
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long[] sum = {0};
    RecordHandler add = (data, at, _) -> sum[0] += data.get(JAVA_LONG, at);
    drainMany(add, 20_000); // until the code is linked
    long before = threads.getCurrentThreadAllocatedBytes();
    drainMany(add, 20_000);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertEquals(2 * 20_000 * 10, sum[0]);
    assertTrue(allocated < 20_000, allocated + " bytes for 200,000 records");
  }

  private void drainMany(RecordHandler handler, int batches) throws CorruptRingException {
    for (int batch = 0; batch < batches; batch++) {
      for (int i = 0; i < 10; i++) {
        long position = ring.reserve(8);
        ring.data.set(JAVA_LONG, (position & SIZE - 1) + 8, 1);
        ring.write(position, 8);
      }
      assertEquals(10, ring.reader.drain(handler, 10));
    }
  }

  /** A reader that saw a header too early would see another number than the one that follows. */
  @Test
  @Timeout(60)
  void aConcurrentProducersRecordsAllArriveInOrder() throws Exception {
    int records = 300_000;
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread producer = Thread.ofPlatform().daemon().start(() -> produce(records, failure));
    long[] next = {0};
    RecordHandler check =
        (data, at, length) -> {
          for (long i = at; i < at + length; i += 8) {
            if (data.get(JAVA_LONG, i) != next[0]) {
              throw new AssertionError("expected " + next[0] + " at " + i);
            }
          }
          next[0]++;
        };
    while (next[0] < records && failure.get() == null) {
      if (ring.reader.drain(check, 16) == 0) {
        Thread.yield();
      }
    }
    producer.join();
    assertEquals(null, failure.get());
    assertEquals(records, next[0]);
  }

  private void produce(int records, AtomicReference<Throwable> failure) {
    try {
      for (long n = 0; n < records; n++) {
        long[] words = new long[1 + (int) (n % 5)];
        Arrays.fill(words, n);
        while (!ring.hasRoom(8 * words.length)) {
          Thread.yield();
        }
        ring.send(words);
      }
    } catch (Throwable e) {
      failure.set(e);
    }
  }
}
