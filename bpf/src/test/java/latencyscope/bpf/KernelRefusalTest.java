package latencyscope.bpf;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** What a refusal by the kernel most likely means depends on the kernel. */
class KernelRefusalTest {
  @Test
  void oldKernelsChargeMapsToLockedMemory() {
    assertTrue(memlock(new KernelVersion(5, 10, 200)));
    assertFalse(memlock(new KernelVersion(5, 11, 0)));
    assertFalse(memlock(new KernelVersion(6, 18, 0)));
  }

  private static boolean memlock(KernelVersion version) {
    return KernelRefusalException.remedy(Errno.EPERM, version).contains("LimitMEMLOCK");
  }
}
