package latencyscope.bpf.libbpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class VerifierLogTest {
  private static String reason(String text) {
    return new VerifierLog("ls_program", text).reason();
  }

  @Test
  void theReasonStandsBeforeTheStatistics() {
    String log =
        """
        0: R1=ctx() R10=fp0
        ; total += *value; @ refused.bpf.c:30
        5: (79) r1 = *(u64 *)(r0 +0)
        R0 invalid mem access 'map_value_or_null'
        processed 6 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0
        """;
    assertEquals("R0 invalid mem access 'map_value_or_null'", reason(log));
  }

  @Test
  void theStatesOfALoopAreNoReason() {
    String log =
        """
        infinite loop detected at insn 7
        cur state: R0=1 R10=fp0
        old state: R0=1 R10=fp0
        processed 9 insns (limit 1000000)
        verification time 12 usec
        stack depth 0
        """;
    assertEquals("infinite loop detected at insn 7", reason(log));
  }

  @Test
  void aFieldThatTheKernelLacksIsNamed() {
    String log =
        """
        1: <invalid CO-RE relocation>
        failed to resolve CO-RE relocation <byte_off> [12] struct task_struct.nope (0:1 @ offset 4)
        processed 2 insns (limit 1000000)
        """;
    assertTrue(reason(log).contains("struct task_struct.nope"));
  }

  @Test
  void anAcceptedProgramHasNoReason() {
    assertEquals("", reason("processed 6 insns (limit 1000000) max_states_per_insn 0\n"));
    assertEquals("", reason(""));
    assertTrue(new VerifierLog("ls_program", "\n").isEmpty());
  }
}
