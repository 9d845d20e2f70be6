package latencyscope.proc;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The host's CPUs and NUMA nodes, as {@code /sys/devices/system} shows them.
 *
 * <p>Each question reads its file anew; what cannot be read is empty. Safe for use by several
 * threads.
 */
public final class HostCpus {
  private final Path devices;

  /** Reads below this folder, which is {@code /} but in tests. */
  public HostCpus(Path root) {
    devices = root.resolve("sys/devices/system");
  }

  /** CPUs that can ever be there. */
  public CpuSet possible() {
    return cpus("possible");
  }

  /** CPUs that are in use. */
  public CpuSet online() {
    return cpus("online");
  }

  /** CPUs of {@code isolcpus=}. */
  public CpuSet isolated() {
    return cpus("isolated");
  }

  /** CPUs of {@code nohz_full=}. */
  public CpuSet nohzFull() {
    return cpus("nohz_full");
  }

  private CpuSet cpus(String file) {
    String list;
    try {
      list = KernelFile.text(devices.resolve("cpu").resolve(file)).strip();
    } catch (IOException absent) {
      return CpuSet.EMPTY;
    }
    // A kernel that was built for nohz_full but booted without it prints a null pointer.
    return list.equals("(null)") ? CpuSet.EMPTY : CpuSet.parse(list);
  }

  /**
   * The CPUs of each NUMA node, by its number; none of a node that is memory alone. Empty on a host
   * without NUMA.
   */
  public List<CpuSet> nodes() {
    List<CpuSet> found = new ArrayList<>();
    Path folder = devices.resolve("node");
    String[] files = folder.toFile().list();
    for (String file : files == null ? new String[0] : files) {
      if (file.matches("node\\d+")) {
        int number = Integer.parseInt(file.substring("node".length()));
        while (found.size() <= number) {
          found.add(CpuSet.EMPTY);
        }
        found.set(number, cpusOf(folder.resolve(file)));
      }
    }
    return List.copyOf(found);
  }

  private static CpuSet cpusOf(Path node) {
    try {
      return CpuSet.parse(KernelFile.text(node.resolve("cpulist")).strip());
    } catch (IOException | IllegalArgumentException e) {
      return CpuSet.EMPTY;
    }
  }
}
