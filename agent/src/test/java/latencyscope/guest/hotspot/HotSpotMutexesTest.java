package latencyscope.guest.hotspot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import latencyscope.truth.engine.LibjvmMutexes;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class HotSpotMutexesTest {
  private static final HotSpotMutexes TWO =
      new HotSpotMutexes(Map.of(0x1000L, "Heap_lock", 0x1080L, "Threads_lock"), 96);

  @Test
  void futexWithinAMutexHasItsName() {
    assertEquals("Heap_lock", TWO.nameAt(0x1000));
    assertEquals("Heap_lock", TWO.nameAt(0x1008));
    assertEquals("Heap_lock", TWO.nameAt(0x1000 + 95));
    assertEquals("Threads_lock", TWO.nameAt(0x1080 + 92));
  }

  @Test
  void futexOutsideHasNone() {
    for (long address : new long[] {0, 0xfff, 0x1000 + 96, 0x107f, 0x1080 + 96, -1}) {
      assertNull(TWO.nameAt(address), Long.toHexString(address));
    }
  }

  /**
   * The static variables of libjvm that point to the mutexes, by its symbol table, share no code
   * with the table that it exports for debuggers.
   */
  @Test
  void everyNameIsThatOfTheVariableThatPointsToTheMutex() throws Exception {
    HotSpotMutexes mutexes = HotSpotMutexes.read();
    Map<String, Long> variables = LibjvmMutexes.of(ProcessHandle.current().pid());
    Assumptions.assumeFalse(variables.isEmpty(), "this libjvm has no symbol table");
    int compared = 0;
    for (Map.Entry<String, Long> variable : variables.entrySet()) {
      long mutex = variable.getValue();
      if (mutexes.nameAt(mutex) != null) {
        assertEquals(variable.getKey(), mutexes.nameAt(mutex));
        assertEquals(variable.getKey(), mutexes.nameAt(mutex + 8), "its platform lock");
        compared++;
      }
    }
    assertTrue(mutexes.count() > 50, mutexes.count() + " mutexes");
    // A few have another name than their variable, or none that points to them.
    assertTrue(compared > 0.9 * mutexes.count(), compared + " of " + mutexes.count());
  }
}
