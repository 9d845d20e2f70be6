package latencyscope.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** A condition that skipped by mistake would be noticed by nobody. */
class KernelTestConditionTest {
  @Test
  void skipsWithTheReason() {
    var skipped = KernelTestCondition.decide("there is no kernel", false);
    assertTrue(skipped.isDisabled());
    assertEquals("there is no kernel", skipped.getReason().orElseThrow());
  }

  @Test
  void neverSkipsWhereTheKernelIsRequired() {
    var e =
        assertThrows(
            IllegalStateException.class,
            () -> KernelTestCondition.decide("there is no kernel", true));
    assertEquals("LATENCYSCOPE_REQUIRE_KERNEL is set, but there is no kernel", e.getMessage());
    assertFalse(KernelTestCondition.decide(null, true).isDisabled());
    assertFalse(KernelTestCondition.decide(null, false).isDisabled());
  }
}
