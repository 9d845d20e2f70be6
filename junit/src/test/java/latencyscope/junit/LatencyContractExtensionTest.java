package latencyscope.junit;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/** What becomes of a test, without a kernel. */
class LatencyContractExtensionTest {
  private static void judge(int exitCode) {
    LatencyContractExtension.judge(new ContractCheck(exitCode, "why"));
  }

  @Test
  void theExitCodeDecides() {
    assertDoesNotThrow(() -> judge(0));
    assertEquals("why", assertThrows(AssertionFailedError.class, () -> judge(2)).getMessage());
    assertEquals("why", assertThrows(TestAbortedException.class, () -> judge(4)).getMessage());
    assertThrows(ExtensionConfigurationException.class, () -> judge(3));
  }

  @LatencyContract(limits = {"sleeps: 0", "preemptions: {max: 0}"})
  private static final class InCode {}

  @LatencyContract(threads = "feed-*", limits = "sleeps: 0")
  private static final class OfOthers {}

  @Test
  void clausesInCodeAreOnTheThreadOfTheTest() {
    String yaml =
        LatencyContractExtension.yaml(
            InCode.class.getAnnotation(LatencyContract.class), "it's main");
    assertEquals(
        "version: 1\nminimum_time: 1ms\nthreads:\n- name: 'it''s main'\n  limits:\n"
            + "    sleeps: 0\n    preemptions: {max: 0}\n",
        yaml);
    assertTrue(
        LatencyContractExtension.yaml(OfOthers.class.getAnnotation(LatencyContract.class), "main")
            .contains("'feed-*'"));
  }

  @Test
  void theJarIsThatOfTheAgent() {
    assertEquals(
        Optional.of("/opt/latencyscope.jar"),
        ContractCheck.agent(
            List.of(
                "-Xmx1g", "-javaagent:/opt/other.jar", "-javaagent:/opt/latencyscope.jar=a=b")));
    assertEquals(Optional.empty(), ContractCheck.agent(List.of("-javaagent:x.jar")));
  }

  @Test
  void withoutAnAgentTheReasonIsSaid() {
    String why = assertThrows(IOException.class, AgentCapture::start).getMessage();
    assertTrue(why.contains("-javaagent:latencyscope.jar"), why);
  }
}
