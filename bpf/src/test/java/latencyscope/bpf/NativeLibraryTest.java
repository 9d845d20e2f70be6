package latencyscope.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class NativeLibraryTest {
  @Test
  void aMissingLibraryNamesItsPackage() {
    NativeLibrary absent = NativeLibrary.open("libbpf.so.0x", "libbpf1");
    assertNull(absent.bind("bpf_object__load"));
    var e = assertThrows(MissingLibraryException.class, absent::require);
    assertEquals("the library libbpf.so.0x is not installed", e.problem());
    assertEquals("apt-get install libbpf1", e.remedy());
  }

  @Test
  void missingFunctionsAreNamed() {
    NativeLibrary libc = NativeLibrary.standard();
    assertNotNull(libc.bind("getpid"));
    assertNull(libc.bind("ls_first"));
    assertNull(libc.bind("ls_second"));
    var e = assertThrows(MissingLibraryException.class, libc::require);
    assertEquals("the library libc is too old: it lacks ls_first, ls_second", e.problem());
  }

  @Test
  void theThreadKnowsItselfAndItsCpus() throws Exception {
    assertEquals(ProcessHandle.current().pid(), onNewThread(NativeLibraryTest::processOf));
    CpuList allowed = NativeThread.affinity();
    assertTrue(allowed.size() >= 1);
    assertTrue(allowed.without(Kernel.running().possibleCpus()).isEmpty());
  }

  @Test
  void aThreadCanBeConfined() throws Exception {
    CpuList allowed = NativeThread.affinity();
    CpuList one = CpuList.of(allowed.highest());
    CpuList got =
        onNewThread(() -> {
          NativeThread.confineTo(one);
          return NativeThread.affinity();
        });
    assertEquals(one, got);
    assertEquals(allowed, NativeThread.affinity(), "only that thread");
    var e = assertThrows(BpfException.class, () -> NativeThread.confineTo(CpuList.of(60_000)));
    assertEquals("could not confine the thread to CPUs 60000 (EINVAL)", e.problem());
    assertThrows(BpfException.class, () -> NativeThread.confineTo(CpuList.NONE));
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
