package latencyscope.agent.module;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import latencyscope.guest.settings.CaptureSettings;
import org.junit.jupiter.api.Test;

/** Which devices a capture is about, told from this host's own files. */
class NetworkScopeTest {
  @Test
  void namespaceIsThatOfTheTarget() throws Exception {
    NetworkScope scope = NetworkScope.of(CaptureSettings.OWN, "lo");
    String link = Files.readSymbolicLink(Path.of("/proc/self/ns/net")).toString();
    assertEquals(link, "net:[" + scope.namespace() + "]");
    assertNull(scope.problem());
  }

  @Test
  void everyProcessMeansEveryNamespace() {
    assertEquals(0, NetworkScope.of(CaptureSettings.ALL, "").namespace());
    assertNotEquals(0, NetworkScope.of(CaptureSettings.ALL, "lo").namespace());
  }

  @Test
  void interfaceThatIsNotThereIsToldWithThoseThatAre() {
    String problem = NetworkScope.of(CaptureSettings.OWN, "nosuch0").problem();
    assertTrue(problem.startsWith("interface: there is no 'nosuch0'; there are "), problem);
    assertTrue(problem.contains("lo"), problem);
  }

  @Test
  void nameIsComparedUpToItsEnd() {
    NetworkScope scope = new NetworkScope(1, "eth0", null);
    assertArrayEquals(new long[] {0x30687465L, 0}, scope.nameWords());
    assertArrayEquals(new long[] {0xff_ffff_ffffL, 0}, scope.nameMask());
    assertArrayEquals(new long[] {0, 0}, new NetworkScope(1, "", null).nameMask());
  }
}
