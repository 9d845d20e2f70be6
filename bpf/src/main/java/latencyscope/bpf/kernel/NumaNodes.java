package latencyscope.bpf.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import latencyscope.bpf.ffm.Libc;
import latencyscope.proc.CpuSet;
import latencyscope.proc.HostCpus;

/**
 * The host's NUMA nodes: which CPUs belong to one, and on which one a page is.
 *
 * <p>Source: {@code /sys/devices/system/node}, and {@code move_pages(2)} without a place to move
 * to, which neither moves pages nor brings any into memory. Immutable, safe for use by several
 * threads.
 */
public final class NumaNodes {
  /** A node, or a page's node, that is not known. */
  public static final int UNKNOWN = -1;

  private static final NumaNodes RUNNING = new NumaNodes(Path.of("/"));

  private final List<CpuSet> cpus;

  /** The nodes that a copy of {@code /sys} under another root describes. */
  NumaNodes(Path root) {
    cpus = new HostCpus(root).nodes();
  }

  /** Those of the host that this process runs on. */
  public static NumaNodes running() {
    return RUNNING;
  }

  /** The highest node's number and one; 1 on a host without NUMA. */
  public int count() {
    return Math.max(1, cpus.size());
  }

  /** The node of a CPU, or {@link #UNKNOWN}. */
  public int ofCpu(int cpu) {
    if (count() == 1) {
      return 0;
    }
    for (int node = 0; node < cpus.size(); node++) {
      if (cpus.get(node).contains(cpu)) {
        return node;
      }
    }
    return UNKNOWN;
  }

  /**
   * The nodes that pages of a process are on now.
   *
   * @param pid a process that this one may trace, or 0 for this one
   * @param addresses of any byte of each page
   * @return a node for each, {@link #UNKNOWN} for what is not in memory, for all if the kernel
   *     refuses
   */
  public int[] ofPages(int pid, long... addresses) {
    int[] nodes = new int[addresses.length];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment wanted = arena.allocateFrom(JAVA_LONG, addresses);
      MemorySegment found = arena.allocate(JAVA_INT, Math.max(1, addresses.length));
      if (Libc.nodesOfPages(pid, wanted, found) < 0) {
        Arrays.fill(nodes, UNKNOWN);
        return nodes;
      }
      for (int i = 0; i < nodes.length; i++) {
        nodes[i] = Math.max(UNKNOWN, found.getAtIndex(JAVA_INT, i));
      }
    }
    return nodes;
  }
}
