package latencyscope.bpf.libbpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import latencyscope.bpf.btf.Fixtures;
import org.junit.jupiter.api.Test;

/** Functions of the kernel by their addresses. */
class KernelSymbolsTest {
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
      assertTrue(KernelSymbols.areResolvedBy(object));
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
