package latencyscope.proc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class RoleTest {
  @Test
  void threadsAreKnownByFullAndByTheKernelsShortNames() {
    assertEquals(Role.C2, Role.of("C2 CompilerThread0"));
    assertEquals(Role.C2, Role.of("C2 CompilerThre"));
    assertEquals(Role.VM_PERIODIC, Role.of("VM Periodic Task Thread"));
    assertEquals(Role.VM_PERIODIC, Role.of("VM Periodic Tas"));
    assertEquals(Role.GC_WORKER, Role.of("GC Thread#3"));
    assertEquals(Role.GC_SERVICE, Role.of("G1 Conc#0"));
    assertEquals(Role.VM_THREAD, Role.of("VM Thread"));
    assertEquals(Role.APPLICATION, Role.of("strategy"));
    assertEquals(Role.APPLICATION, Role.of(""));
  }
}
