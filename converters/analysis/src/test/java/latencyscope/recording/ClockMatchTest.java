package latencyscope.recording;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClockMatchTest {
  private static final long CHUNK = 1_795_653_109_502_000_128L;

  private final Map<Long, List<long[]>> jvm = new HashMap<>();
  private final Map<Long, List<long[]>> kernel = new HashMap<>();

  /** Threads that wait for 20 µs to 5 ms, of which the kernel sees all but the way in and out. */
  private void waits(long seed, int count, long early) {
    Random random = new Random(seed);
    for (long tid = 10; tid < 14; tid++) {
      long now = CHUNK + random.nextInt(1_000_000);
      for (int i = 0; i < count; i++) {
        long length = 20_000 + random.nextInt(5_000_000);
        long in = 800 + random.nextInt(4_000);
        long out = 800 + random.nextInt(20_000);
        add(kernel, tid, now + in, now + in + length);
        // The JVM keeps those from a threshold on.
        if (length > 200_000) {
          add(jvm, tid, now - early, now + in + length + out - early);
        }
        now += in + length + out + 5_000 + random.nextInt(300_000);
      }
    }
  }

  private static void add(Map<Long, List<long[]>> to, long tid, long begin, long end) {
    to.computeIfAbsent(tid, t -> new ArrayList<>()).add(new long[] {begin, end});
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1_000, 123_456, 500_000, 999_999})
  void findsByHowMuchAChunkIsEarly(long early) {
    waits(early + 1, 100, early);
    ClockMatch.Offset offset = ClockMatch.offset(CHUNK, jvm, kernel).orElseThrow();
    assertEquals(early, offset.offset(), 2_000);
    assertTrue(offset.matches() > 50, offset::toString);
  }

  @Test
  void doesNotGuess() {
    waits(7, 2, 400_000);
    assertEquals(Optional.empty(), ClockMatch.offset(CHUNK, jvm, Map.of()));
    jvm.values().forEach(List::clear);
    assertEquals(Optional.empty(), ClockMatch.offset(CHUNK, jvm, kernel));
  }
}
