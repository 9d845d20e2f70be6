package latencyscope.bpf.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import latencyscope.bpf.btf.Btf;
import latencyscope.bpf.btf.BtfSection;
import latencyscope.bpf.error.KernelVersion;
import latencyscope.bpf.error.MissingKernelFeatureException;
import latencyscope.proc.Capabilities;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hosts that are described by files. */
class KernelFactsTest {
  @TempDir private Path root;

  private void file(String path, String text) throws IOException {
    Files.createDirectories(root.resolve(path).getParent());
    Files.writeString(root.resolve(path), text);
  }

  private Kernel kernel() {
    return Kernel.at(root);
  }

  @ParameterizedTest
  @CsvSource({
    "6.18.44-fc-v669, 6.18.44",
    "5.10, 5.10.0",
    "6.1.0-13-amd64, 6.1.0",
    "4.18.0-553.el8, 4.18.0",
    "6.12-rc3, 6.12.0",
    "5.15.167.4-microsoft-standard-WSL2, 5.15.167",
    "'6.1.2\n', 6.1.2"
  })
  void versionsAreReadAsDistributionsWriteThem(String release, String version) {
    assertEquals(version, KernelVersion.parse(release).toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "6", "six.one", "99999.1.1", "6."})
  void whatIsNoVersionIsRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> KernelVersion.parse(text));
  }

  @Test
  void versionsAreOrderedByNumber() {
    assertTrue(KernelVersion.parse("5.9.16").compareTo(KernelVersion.OLDEST) < 0);
    assertTrue(KernelVersion.parse("5.10.1").compareTo(KernelVersion.OLDEST) > 0);
    assertTrue(KernelVersion.parse("10.0").compareTo(KernelVersion.parse("6.18.44")) > 0);
    assertEquals(0, KernelVersion.parse("5.10").compareTo(KernelVersion.OLDEST));
  }

  @Test
  void anOldKernelIsNamed() throws Exception {
    file("proc/sys/kernel/osrelease", "4.18.0-553.el8.x86_64\n");
    var e = assertThrows(MissingKernelFeatureException.class, kernel()::require);
    assertEquals("needs Linux ≥ 5.10, this is 4.18.0", e.problem());
  }

  @Test
  void aKernelWithoutBtfIsNamed() throws Exception {
    file("proc/sys/kernel/osrelease", "5.15.0\n");
    var e = assertThrows(MissingKernelFeatureException.class, kernel()::require);
    assertEquals(
        "the kernel does not describe its types (no /sys/kernel/btf/vmlinux)", e.problem());
    file("sys/kernel/btf/vmlinux", ""); // as where something else was mounted over it
    assertThrows(MissingKernelFeatureException.class, kernel()::require);
    file("sys/kernel/btf/vmlinux", "types");
    kernel().require();
  }

  @ParameterizedTest
  @CsvSource({
    "#1 SMP PREEMPT_RT Debian 5.10.251-5, spinlock_t, true",
    "#1 SMP PREEMPT RT, spinlock_t, true",
    "#1 SMP PREEMPT_RT Debian 6.1.192-2, raw_spinlock_t, false",
    "#1 SMP PREEMPT_RT Debian 7.3.4-1, rqspinlock_t, false",
    "#1 SMP PREEMPT_DYNAMIC Debian 6.18.15-1, spinlock_t, false",
    "#1 SMP Debian 5.10.251-5, spinlock_t, false"
  })
  void aRealTimeKernelWhoseRingsSleepIsRefused(String build, String lock, boolean refused)
      throws Exception {
    file("proc/sys/kernel/osrelease", "5.10.0-43-rt-amd64\n");
    file("proc/sys/kernel/version", build + "\n");
    file("sys/kernel/btf/vmlinux", "");
    Files.write(root.resolve("sys/kernel/btf/vmlinux"), ringWith(lock));
    if (refused) {
      var e = assertThrows(MissingKernelFeatureException.class, kernel()::require);
      assertEquals(
          "this PREEMPT_RT kernel, 5.10.0, hangs when a BPF program in its scheduler writes to a"
              + " ring buffer, so nothing is loaded",
          e.problem());
    } else {
      kernel().require();
    }
  }

  @Test
  void perCpuVariablesAreFoundByName() throws Exception {
    file("sys/kernel/btf/vmlinux", "");
    BtfSection btf = new BtfSection();
    int integer = btf.type("int", Btf.INT, 0, 4, 32);
    int queues = btf.type("runqueues", Btf.VAR, 0, integer, 1);
    int count = btf.type("__preempt_count", Btf.VAR, 0, integer, 1);
    btf.type(".data..percpu", Btf.DATASEC, 2, 68, queues, 0, 64, count, 64, 4);
    btf.type(".bss", Btf.DATASEC, 1, 4, count, 0, 4);
    Files.write(root.resolve("sys/kernel/btf/vmlinux"), btf.array());
    KernelTypes types = KernelTypes.at(root);
    assertEquals(OptionalLong.of(0), types.perCpuOffset("runqueues"));
    assertEquals(OptionalLong.of(64), types.perCpuOffset("__preempt_count"));
    assertEquals(OptionalLong.empty(), types.perCpuOffset("int"));
    KernelTypes none = KernelTypes.at(root.resolve("proc"));
    assertEquals(OptionalLong.empty(), none.perCpuOffset("__preempt_count"));
  }

  /** As {@code backing_file.user_path}, which newer kernels have in a union without a name. */
  @Test
  void membersAreFoundInUnionsWithoutAName() throws Exception {
    file("sys/kernel/btf/vmlinux", "");
    BtfSection btf = new BtfSection();
    int integer = btf.type("int", Btf.INT, 0, 4, 32);
    int user = btf.name("user_path");
    int free = btf.name("bf_freeptr");
    int union = btf.type("", Btf.UNION, 2, 8, free, integer, 0, user, integer, 32);
    btf.type("backing_file", Btf.STRUCT, 2, 16, btf.name("file"), integer, 0, 0, union, 64);
    Files.write(root.resolve("sys/kernel/btf/vmlinux"), btf.array());
    KernelTypes types = KernelTypes.at(root);
    assertEquals(OptionalLong.of(0), types.memberOffset("backing_file", "file"));
    assertEquals(OptionalLong.of(12), types.memberOffset("backing_file", "user_path"));
    assertEquals(OptionalLong.empty(), types.memberOffset("backing_file", "user"));
    assertEquals(OptionalLong.empty(), types.memberOffset("pcpu_hot", "preempt_count"));
  }

  private static byte[] ringWith(String lock) {
    BtfSection btf = new BtfSection();
    int integer = btf.type("int", Btf.INT, 0, 4, 32);
    int typedef = btf.type(lock, Btf.TYPEDEF, 0, integer);
    int mask = btf.name("mask");
    int spinlock = btf.name("spinlock");
    btf.type("bpf_ringbuf", Btf.STRUCT, 2, 8, mask, integer, 0, spinlock, typedef, 32);
    return btf.array();
  }

  @Test
  void membersThatAreNotThereHaveNoType() throws Exception {
    file("sys/kernel/btf/vmlinux", "");
    Files.write(root.resolve("sys/kernel/btf/vmlinux"), ringWith("raw_spinlock_t"));
    KernelTypes types = KernelTypes.at(root);
    assertEquals(Optional.of("raw_spinlock_t"), types.memberType("bpf_ringbuf", "spinlock"));
    assertEquals(Optional.empty(), types.memberType("bpf_ringbuf", "pages"));
    assertEquals(Optional.empty(), types.memberType("rq", "curr"));
    assertEquals(
        Optional.empty(), KernelTypes.at(root.resolve("proc")).memberType("bpf_ringbuf", "mask"));
  }

  @Test
  void cpuListsAreThoseOfTheFiles() throws Exception {
    file("sys/devices/system/cpu/possible", "0-511\n");
    file("sys/devices/system/cpu/online", "0-3,8\n");
    file("sys/devices/system/cpu/isolated", "\n");
    file("sys/devices/system/cpu/nohz_full", "(null)\n");
    assertEquals(512, kernel().possibleCpus().size());
    assertEquals("0-3,8", kernel().onlineCpus().toString());
    assertTrue(kernel().isolatedCpus().isEmpty());
    assertTrue(kernel().nohzFullCpus().isEmpty());
    file("sys/devices/system/cpu/nohz_full", "4-7\n");
    assertEquals("4-7", kernel().nohzFullCpus().toString());
  }

  @Test
  void lockdownIsTheModeInBrackets() throws Exception {
    assertEquals(Optional.empty(), kernel().lockdown());
    file("sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
    assertEquals(Optional.of("integrity"), kernel().lockdown());
    file("sys/kernel/security/lockdown", "rubbish");
    assertEquals(Optional.empty(), kernel().lockdown());
  }

  @Test
  void runTimesAreCountedWhereTheSwitchSaysSo() throws Exception {
    assertFalse(kernel().countsRunTime());
    file("proc/sys/kernel/bpf_stats_enabled", "1\n");
    assertTrue(kernel().countsRunTime());
  }

  @Test
  void capabilitiesAreNamed() throws Exception {
    file("proc/self/status", "Name:\tjava\nCapPrm:\tffff\nCapEff:\t000000c000000020\n");
    Capabilities held = kernel().capabilities();
    assertEquals("CAP_KILL CAP_PERFMON CAP_BPF", held.toString());
    assertTrue(held.allowBpf());
    assertFalse(held.has("CAP_SYS_ADMIN"));
    assertThrows(IllegalArgumentException.class, () -> held.has("CAP_NOPE"));
    assertFalse(new Capabilities(1L << 39).allowBpf());
    assertTrue(new Capabilities(1L << 21).allowBpf());
    assertEquals("none", new Capabilities(0).toString());
  }
}
