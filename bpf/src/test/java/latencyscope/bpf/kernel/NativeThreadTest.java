package latencyscope.bpf.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import latencyscope.bpf.error.BpfException;
import latencyscope.proc.CpuSet;
import org.junit.jupiter.api.Test;

class NativeThreadTest {
  @Test
  void theThreadKnowsItselfAndItsCpus() throws Exception {
    assertEquals(ProcessHandle.current().pid(), onNewThread(NativeThreadTest::processOf));
    CpuSet allowed = NativeThread.affinity();
    assertTrue(allowed.size() >= 1);
    assertTrue(allowed.minus(Kernel.running().possibleCpus()).isEmpty());
  }

  @Test
  void aThreadCanBeConfined() throws Exception {
    CpuSet allowed = NativeThread.affinity();
    CpuSet one = CpuSet.of(allowed.last().orElseThrow());
    CpuSet got =
        onNewThread(() -> {
          NativeThread.confineTo(one);
          return NativeThread.affinity();
        });
    assertEquals(one, got);
    assertEquals(allowed, NativeThread.affinity(), "only that thread");
    var e = assertThrows(BpfException.class, () -> NativeThread.confineTo(CpuSet.of(60_000)));
    assertEquals("could not confine the thread to CPUs 60000 (EINVAL)", e.problem());
    assertThrows(BpfException.class, () -> NativeThread.confineTo(CpuSet.EMPTY));
  }

  private static long processOf() throws Exception {
    var status = Path.of("/proc/self/task/" + NativeThread.id() + "/status");
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("Tgid:"))
        .map(line -> Long.parseLong(line.substring("Tgid:".length()).strip()))
        .findFirst()
        .orElseThrow();
  }

  private static <T> T onNewThread(Callable<T> task) throws Exception {
    var future = new FutureTask<>(task);
    Thread.ofPlatform().start(future);
    return future.get();
  }
}
