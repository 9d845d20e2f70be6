package latencyscope.agent.memory;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import latencyscope.bpf.kernel.NumaNodes;
import latencyscope.guest.event.EventSink;
import latencyscope.guest.facts.HostCounters;
import latencyscope.guest.facts.SubjectCounter;
import latencyscope.guest.hotspot.AddressRange;
import latencyscope.guest.hotspot.MemoryRegion;
import latencyscope.guest.settings.CaptureSettings;

/**
 * On which NUMA nodes the target's pages are: that of a fault, and a sample of all, by what the
 * memory is used for. On a host with one node nothing is asked.
 *
 * <p>Used by one thread at a time.
 */
public final class TargetNodes {
  /** Pages of one use: a share is then known to 1.6 percentage points (two standard errors). */
  private static final int SAMPLE = 4_096;

  private static final int PAGE = 4_096;

  private final NumaNodes nodes;
  private final long pid;
  private final SubjectCounter counter;

  public TargetNodes(NumaNodes nodes, long pid, EventSink sink) throws IllegalAccessException {
    this.nodes = nodes;
    this.pid = pid;
    counter = new SubjectCounter(HostCounters.MODULE, "node", sink);
  }

  /** The node of a page in the memory of a thread; -1 if it is not known. */
  int ofPage(long osThreadId, long address) {
    if (nodes.count() == 1) {
      return 0;
    }
    // A capture of all processes finds a thread's memory by the thread.
    long of = pid == CaptureSettings.ALL ? osThreadId : pid;
    return nodes.ofPages((int) of, address)[0];
  }

  /** The node of a CPU; -1 if it is not known. */
  int ofCpu(long cpu) {
    return nodes.ofCpu((int) cpu);
  }

  /** Whether there is a placement to ask for. */
  public boolean hasPlacement() {
    return nodes.count() > 1 && pid != CaptureSettings.ALL;
  }

  /**
   * Commits how many of the sampled pages are on which node, as counters of the given interval.
   *
   * @param memory the target's, by use
   */
  public void commitPlacement(List<AddressRange> memory, long startTicks, long endTicks) {
    Map<MemoryRegion, List<AddressRange>> byUse = new EnumMap<>(MemoryRegion.class);
    for (AddressRange range : memory) {
      byUse.computeIfAbsent(range.region(), _ -> new ArrayList<>()).add(range);
    }
    byUse.forEach((region, ranges) -> {
      String measure = "pages_sampled_" + region.name().toLowerCase(Locale.ROOT);
      long[] found = new long[nodes.count()];
      for (int node : nodes.ofPages((int) pid, sample(ranges))) {
        if (node >= 0 && node < found.length) {
          found[node]++;
        }
      }
      for (int node = 0; node < found.length; node++) {
        if (found[node] > 0) {
          counter.commit(measure, node, found[node], startTicks, endTicks);
        }
      }
    });
  }

  /** Pages as far apart as they can be; all of them if there are few. */
  static long[] sample(List<AddressRange> ranges) {
    long pages = 0;
    for (AddressRange range : ranges) {
      pages += (range.end() - range.begin()) / PAGE;
    }
    long[] addresses = new long[(int) Math.min(SAMPLE, pages)];
    double step = pages / (double) addresses.length;
    int next = 0;
    long before = 0;
    for (AddressRange range : ranges) {
      long here = (range.end() - range.begin()) / PAGE;
      while (next < addresses.length && (long) (next * step) < before + here) {
        addresses[next] = range.begin() + ((long) (next * step) - before) * PAGE;
        next++;
      }
      before += here;
    }
    return addresses;
  }
}
