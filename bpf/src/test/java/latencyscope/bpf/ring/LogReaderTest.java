package latencyscope.bpf.ring;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class LogReaderTest {
  private static final int PER_CPU = 8;

  private final LogMemory log = new LogMemory(2, PER_CPU, 4);
  private final List<Long> seen = new ArrayList<>();
  private final RecordHandler collect =
      (data, at, _) -> seen.add(data.get(JAVA_LONG, at + 2 * Long.BYTES));

  @Test
  void anEmptyLogHasNothing() {
    assertEquals(0, log.reader.read(0, 0, collect));
    assertEquals(0, log.reader.oldestNs(0));
    assertFalse(log.reader.hasLost(0));
    assertEquals(2, log.reader.cpus());
  }

  @Test
  void everyRecordIsHandedOverOnceInOrderAndOfItsOwnCpu() {
    log.write(0, 10, 1);
    log.write(1, 11, 100);
    log.write(0, 12, 2);
    assertEquals(2, log.reader.read(0, 0, collect));
    log.write(0, 13, 3);
    assertEquals(1, log.reader.read(0, 0, collect));
    assertEquals(0, log.reader.read(0, 0, collect));
    assertEquals(List.of(1L, 2L, 3L), seen);
    assertEquals(1, log.reader.read(1, 0, collect));
    assertEquals(0, log.reader.takeOverwritten());
  }

  @Test
  void whatTheRingHasIsNotHandedOver() {
    long at = log.claim(0);
    log.fill(at, 10, 1);
    log.publish(at, true);
    log.write(0, 11, 2);
    assertEquals(1, log.reader.read(0, 0, collect));
    assertEquals(List.of(2L), seen);
  }

  @Test
  void afterManyTurnsTheLastAreThere() {
    LongStream.rangeClosed(1, 5 * PER_CPU + 3).forEach(i -> log.write(0, i, i));
    assertTrue(log.reader.hasLost(0));
    assertEquals(4 * PER_CPU + 4, log.reader.oldestNs(0));
    assertEquals(PER_CPU, log.reader.read(0, 0, collect));
    assertEquals(LongStream.rangeClosed(4 * PER_CPU + 4, 5 * PER_CPU + 3).boxed().toList(), seen);
    assertFalse(log.reader.hasLost(0));
    assertEquals(4 * PER_CPU + 3, log.reader.takeOverwritten());
  }

  @Test
  void whatEndedBeforeTheTimeIsPassedOver() {
    LogMemory large = new LogMemory(1, 256, 4);
    LongStream.rangeClosed(1, 200).forEach(i -> large.write(0, i, i));
    assertEquals(51, large.reader.read(0, 150, collect));
    assertEquals(0, large.reader.takeOverwritten(), "nobody wanted the older ones");
    assertEquals(LongStream.rangeClosed(150, 200).boxed().toList(), seen);
  }

  @Test
  void someThatEndedOutOfOrderDoNotHideWhatIsBehindThem() {
    LogMemory large = new LogMemory(1, 256, 4);
    LongStream.rangeClosed(1, 100).forEach(i -> large.write(0, i, i));
    LongStream.rangeClosed(1, 5).forEach(i -> large.write(0, 10, -i));
    LongStream.rangeClosed(101, 110).forEach(i -> large.write(0, i, i));
    large.reader.read(0, 90, collect);
    assertTrue(seen.containsAll(LongStream.rangeClosed(90, 110).boxed().toList()), seen::toString);
  }

  @Test
  void oneThatIsBeingWrittenIsCountedAndLeftOut() {
    log.write(0, 1, 1);
    long busy = log.claim(0);
    log.fill(busy, 2, 2);
    log.write(0, 3, 3);
    assertEquals(2, log.reader.read(0, 0, collect));
    assertEquals(List.of(1L, 3L), seen);
    assertEquals(1, log.reader.takeUnfinished());
    assertEquals(0, log.reader.takeUnfinished());
  }

  /** The program that was interrupted has stored its turn, and not found yet that it is taken. */
  @Test
  void whatWasReadIsNotReadAgainWhileTheNextTurnIsSetBack() {
    log.write(0, 1, 1);
    log.write(0, 2, 2);
    log.write(0, 3, 3);
    assertEquals(3, log.reader.read(0, 0, collect));
    log.heads.set(JAVA_LONG, 0, 1);
    assertEquals(0, log.reader.read(0, 0, collect));
    log.write(0, 4, 4);
    assertEquals(1, log.reader.read(0, 0, collect));
    assertEquals(List.of(1L, 2L, 3L, 4L), seen);
    assertEquals(0, log.reader.takeOverwritten());
    assertEquals(0, log.reader.takeUnfinished());
  }

  @Test
  void whoeverInterruptsBetweenLoadAndStoreKeepsItsPlace() {
    long turn = log.turn(0);
    log.write(0, 1, 1);
    log.write(0, 2, 2);
    long at = log.claim(0, turn); // the program that was interrupted goes on
    log.fill(at, 3, 3);
    log.publish(at, false);
    log.write(0, 4, 4);
    log.reader.read(0, 0, collect);
    assertEquals(List.of(1L, 2L, 3L, 4L), seen);
    assertEquals(0, log.reader.takeOverwritten());
  }

  @Test
  void whoeverWrapsWhileOneIsBeingWrittenPassesItOver() {
    long busy = log.claim(0);
    LongStream.rangeClosed(1, 2 * PER_CPU).forEach(i -> log.write(0, i, i));
    log.fill(busy, 99, 99);
    log.publish(busy, false);
    log.reader.read(0, 0, collect);
    assertFalse(seen.contains(99L), "its turn is long over");
    assertEquals(LongStream.rangeClosed(10, 16).boxed().toList(), seen);
  }

  @Test
  void aRecordThatIsOverwrittenWhileItIsHandedOverIsNotMisread() {
    LongStream.rangeClosed(1, PER_CPU).forEach(i -> log.write(0, i, i));
    int[] handed = new int[1];
    log.reader.read(
        0,
        0,
        (data, at, length) -> {
          collect.onRecord(data, at, length);
          if (handed[0]++ == 0) {
            LongStream.rangeClosed(101, 104).forEach(i -> log.write(0, i, i));
          }
        });
    assertEquals(List.of(1L, 5L, 6L, 7L, 8L), seen);
    assertEquals(3, log.reader.takeOverwritten());
    assertEquals(5, log.reader.wholeFromNs(), "what ended before is not all there");
    log.reader.read(0, 0, collect);
    assertEquals(0, log.reader.wholeFromNs());
  }

  @Test
  @Timeout(60)
  void againstAWriterThatNeverRestsEveryRecordIsWholeAndOfItsTurn() throws Exception {
    LogMemory large = new LogMemory(1, 1_024, 17);
    Thread writer =
        Thread.ofPlatform()
            .daemon()
            .start(() -> LongStream.rangeClosed(1, 3_000_000).forEach(i -> large.write(0, i, i)));
    long[] last = new long[1];
    long handed = 0;
    while (writer.isAlive() || handed == 0) {
      handed +=
          large.reader.read(
              0,
              0,
              (data, at, length) -> {
                long turn = data.get(JAVA_LONG, at);
                assertTrue(turn > last[0], "each once, in order");
                last[0] = turn;
                for (int word = 1; word < length / Long.BYTES; word++) {
                  assertEquals(turn, data.get(JAVA_LONG, at + (long) word * Long.BYTES));
                }
              });
    }
    assertTrue(handed > 1_000, "taken while it was being written: " + handed);
    assertTrue(large.reader.takeOverwritten() > 0, "the writer was never faster: no test");
  }

  @Test
  void theOldestIsNotTakenForTheOneThatOverwritesIt() {
    LogMemory[] memory = new LogMemory[1];
    boolean[] overtaken = new boolean[1];
    memory[0] =
        new LogMemory(
            1,
            PER_CPU,
            4,
            (data, at) -> {
              if (!overtaken[0]) {
                overtaken[0] = true;
                memory[0].write(0, 99, 99);
              }
              return data.get(JAVA_LONG, at + Long.BYTES);
            });
    LongStream.rangeClosed(1, PER_CPU).forEach(i -> memory[0].write(0, i, i));
    assertEquals(2, memory[0].reader.oldestNs(0));
  }

  @Test
  void memoryOfAnotherSizeIsRefused() {
    MemorySegment heads = MemorySegment.ofArray(new long[8]);
    MemorySegment twelve = MemorySegment.ofArray(new long[12 * 4]);
    MemorySegment withRest = MemorySegment.ofArray(new long[8 * 4 + 1]);
    assertThrows(
        IllegalArgumentException.class, () -> new LogReader(heads, 64, twelve, 32, (_, _) -> 0));
    assertThrows(
        IllegalArgumentException.class, () -> new LogReader(heads, 64, withRest, 32, (_, _) -> 0));
  }
}
