package latencyscope.bpf.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import latencyscope.bpf.ffm.Libc;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NumaNodesTest {
  private static final long PAGE = 4_096;

  @TempDir Path root;

  private void node(int number, String cpus) throws Exception {
    Path node = root.resolve("sys/devices/system/node/node" + number);
    Files.createDirectories(node);
    Files.writeString(node.resolve("cpulist"), cpus + "\n");
  }

  @Test
  void cpusBelongToNodes() throws Exception {
    node(0, "0-3,8");
    node(1, "4-7");
    node(2, ""); // memory alone
    NumaNodes nodes = new NumaNodes(root);
    assertEquals(3, nodes.count());
    assertEquals(0, nodes.ofCpu(8));
    assertEquals(1, nodes.ofCpu(4));
    assertEquals(NumaNodes.UNKNOWN, nodes.ofCpu(9));
  }

  @Test
  void aHostWithoutNumaIsOneNode() {
    NumaNodes nodes = new NumaNodes(root);
    assertEquals(1, nodes.count());
    assertEquals(0, nodes.ofCpu(5));
  }

  @Test
  void pagesAreWhereTheKernelSaysAndOthersAreNotBroughtIn() throws Exception {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory =
          Libc.map(arena, "pages", 3 * PAGE, Libc.PROT_READ | Libc.PROT_WRITE, -1, 0);
      memory.set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
      long address = memory.address();
      int[] first = NumaNodes.running().ofPages(0, address, address + PAGE, 4_096);
      // This host may have more than one node: it is on one of them.
      assertEquals(true, first[0] >= 0 && first[0] < NumaNodes.running().count());
      assertEquals(NumaNodes.UNKNOWN, first[1]);
      assertEquals(NumaNodes.UNKNOWN, first[2]);
      assertEquals(NumaNodes.UNKNOWN, NumaNodes.running().ofPages(0, address + PAGE)[0]);
    }
  }
}
