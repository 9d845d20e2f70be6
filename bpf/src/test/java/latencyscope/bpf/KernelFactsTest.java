package latencyscope.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
    assertEquals(e.getMessage(), KernelTestCondition.missing(Kernel.at(root.resolve("proc"))));
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

  @Test
  void aFunctionIsNamedWithoutOffsetAndModule() {
    assertEquals("wb_workfn", KernelSymbols.functionOf("wb_workfn+0x0/0x480"));
    assertEquals("reset.isra.0", KernelSymbols.functionOf("reset.isra.0+0x10/0x90 [nvme]"));
    assertNull(KernelSymbols.functionOf("0x7f0000001001"));
    assertNull(KernelSymbols.functionOf(""));
  }

  @Test
  @KernelTest
  void theRunningKernelsFunctionsAreAllFound() throws Exception {
    List<String> wrong = new ArrayList<>();
    int asked = 0;
    List<String> lines = Files.readAllLines(Path.of("/proc/kallsyms"));
    try (LoadedObject object = KernelObject.open(Fixtures.object("symbols")).load()) {
      assertTrue(KernelSymbols.canBeToldBy(object));
      KernelSymbols symbols = KernelSymbols.of(object);
      String previousAddress = "";
      for (int i = 0; i < lines.size(); i++) {
        String[] words = lines.get(i).split("[ \t]");
        // The first of several names for an address is the one to be told; one in 100 is enough.
        if ("tTwW".contains(words[1]) && !words[0].equals(previousAddress) && i % 100 == 0) {
          long address = Long.parseUnsignedLong(words[0], 16);
          asked++;
          for (long at : new long[] {address, address + 1}) {
            if (!words[2].equals(symbols.nameOf(at))) {
              wrong.add(words[2] + " is called " + symbols.nameOf(at));
            }
          }
        }
        previousAddress = words[0];
      }
      assertNull(symbols.nameOf(0x7f0000001000L), "in user space");
      assertNull(symbols.nameOf(0));
    }
    assertEquals(List.of(), wrong);
    assertTrue(asked > 100);
  }
}
