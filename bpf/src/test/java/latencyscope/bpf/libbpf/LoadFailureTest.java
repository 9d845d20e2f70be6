package latencyscope.bpf.libbpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import latencyscope.bpf.btf.Fixtures;
import latencyscope.bpf.error.BpfException;
import latencyscope.bpf.error.Errno;
import latencyscope.bpf.error.MissingKernelFeatureException;
import latencyscope.bpf.error.VerifierRefusalException;
import org.junit.jupiter.api.Test;

/** Objects that the running kernel does not take. */
@KernelTest
class LoadFailureTest {
  private static VerifierRefusalException refusal() throws BpfException {
    KernelObject spec = KernelObject.open(Fixtures.object("refused"));
    return assertThrows(VerifierRefusalException.class, spec::load);
  }

  @Test
  void theVerifiersReasonComesFirst() throws Exception {
    VerifierRefusalException e = refusal();
    assertEquals("ls_test_refused", e.program());
    assertEquals("EACCES", Errno.name(e.errno()));
    assertTrue(
        e.problem()
            .matches(
                "the verifier refuses ls_test_refused: R\\d invalid mem access"
                    + " 'map_value_or_null' \\(EACCES\\)"),
        e.problem());
    assertTrue(e.log().contains("processed "), e.log());
    assertFalse(e.remedy().isEmpty());
  }

  @Test
  void aFailedLoadLeavesNothing() throws Exception {
    List<String> before = LoadedPrograms.descriptors();
    refusal();
    assertEquals(before, LoadedPrograms.descriptors());
    assertEquals(List.of(), LoadedPrograms.mappings());
  }

  @Test
  void whatIsNotRefusedLoadsWithoutTheRest() throws Exception {
    KernelObject spec = KernelObject.open(Fixtures.object("refused"));
    try (LoadedObject loaded = spec.loadProgram("ls_test_refused", false).load()) {
      loaded.attach("ls_test_accepted");
    }
  }

  @Test
  void aTracepointThatTheKernelLacksIsNamed() throws Exception {
    KernelObject spec = KernelObject.open(Fixtures.object("elsewhere"));
    var e = assertThrows(MissingKernelFeatureException.class, spec::load);
    assertEquals(
        "this kernel has no tp_btf/ls_no_such_tracepoint, which ls_test_elsewhere hooks",
        e.problem());
  }
}
