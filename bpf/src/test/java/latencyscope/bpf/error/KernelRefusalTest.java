package latencyscope.bpf.error;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import latencyscope.proc.Capabilities;
import org.junit.jupiter.api.Test;

/** What a refusal by the kernel most likely means depends on the kernel. */
class KernelRefusalTest {
  @Test
  void oldKernelsChargeMapsToLockedMemory() {
    assertTrue(memlock(KernelVersion.parse("5.10.200")));
    assertFalse(memlock(KernelChange.MAPS_CHARGED_TO_GROUPS.since()));
    assertFalse(memlock(KernelVersion.parse("6.18")));
  }

  @Test
  void whatIsMissingReadsAsASentence() {
    var e = new MissingCapabilityException("load the object isolation", new Capabilities(1L << 39));
    assertEquals(
        "could not load the object isolation (EPERM): this process needs CAP_BPF and CAP_PERFMON"
            + " and has CAP_BPF",
        e.problem());
    assertTrue(e.remedy().startsWith("run it as root"), e.remedy());
    assertEquals(e.problem() + "; " + e.remedy(), e.getMessage());
    assertEquals("EPERM", Errno.name(e.errno()));
  }

  private static boolean memlock(KernelVersion version) {
    return KernelRefusalException.remedy(Errno.EPERM, version).contains("LimitMEMLOCK");
  }
}
