package latencyscope.bpf.libbpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import latencyscope.bpf.kernel.Kernel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

  @Test
  void aHostWithoutAKernelIsOneOfThoseThatMissSomething(@TempDir Path root) throws Exception {
    Path release = root.resolve("proc/sys/kernel/osrelease");
    Files.createDirectories(release.getParent());
    Files.writeString(release, "4.18.0\n");
    String missing = KernelTestCondition.missing(Kernel.at(root));
    assertTrue(missing.startsWith("needs Linux ≥ 5.10, this is 4.18.0"), missing);
  }
}
