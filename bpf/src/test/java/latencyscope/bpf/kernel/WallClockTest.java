package latencyscope.bpf.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class WallClockTest {
  private static WallClock answer(int state, long offset, int status) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment timex = arena.allocate(WallClock.BYTES, Long.BYTES);
      timex.set(ValueLayout.JAVA_LONG, WallClock.OFFSET, offset);
      timex.set(ValueLayout.JAVA_LONG, WallClock.MAXIMUM_ERROR, 2_500);
      timex.set(ValueLayout.JAVA_LONG, WallClock.ESTIMATED_ERROR, 30);
      timex.set(ValueLayout.JAVA_INT, WallClock.STATUS, status);
      return WallClock.of(state, timex);
    }
  }

  @Test
  void unitsAreThoseThatTheStatusSays() {
    assertEquals(new WallClock(true, -70, 2_500_000, 30_000, 0x2001), answer(0, -70, 0x2001));
    assertEquals(new WallClock(true, -70_000, 2_500_000, 30_000, 1), answer(0, -70, 1));
  }

  @Test
  void aClockThatNothingCorrectsIsNotSynchronized() {
    assertFalse(answer(5, 0, 0x2001).isSynchronized());
    assertFalse(answer(0, 0, 0x40).isSynchronized());
  }

  @Test
  void theKernelAnswersWithoutAPrivilege() {
    WallClock clock = WallClock.read().orElseThrow();
    assertTrue(clock.maximumErrorNs() >= clock.estimatedErrorNs() || !clock.isSynchronized());
    assertTrue(clock.maximumErrorNs() > 0, clock.toString());
  }
}
