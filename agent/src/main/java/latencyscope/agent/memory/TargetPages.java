package latencyscope.agent.memory;

import latencyscope.agent.event.MappedFiles;
import latencyscope.jfr.PageLookup;

/**
 * Where the target's pages are. Used by one thread at a time.
 *
 * @param nodes finds their NUMA nodes
 * @param files finds their files
 */
public record TargetPages(TargetNodes nodes, MappedFiles files) implements PageLookup {
  @Override
  public int nodeOfPage(long osThreadId, long address) {
    return nodes.ofPage(osThreadId, address);
  }

  @Override
  public int nodeOfCpu(long cpu) {
    return nodes.ofCpu(cpu);
  }

  @Override
  public InFile fileAt(long address) {
    return files.at(address, System.nanoTime());
  }
}
