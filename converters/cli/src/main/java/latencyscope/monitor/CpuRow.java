package latencyscope.monitor;

import java.util.List;

/**
 * One CPU.
 *
 * @param cpu its number
 * @param busy share of its time that it did something, 0 to 1; NaN if that is not known yet
 * @param running threads of the target that ran on it, or were ready to, at the last look
 * @param holders who had it while threads of the target waited for it, the longest first
 */
public record CpuRow(int cpu, double busy, List<String> running, List<Holder> holders) {
  /** Copies the lists. */
  public CpuRow {
    running = List.copyOf(running);
    holders = List.copyOf(holders);
  }

  /**
   * Who had a CPU.
   *
   * @param name task, or what else it was
   * @param ns for how long threads of the target waited for it
   */
  public record Holder(String name, long ns) implements Comparable<Holder> {
    @Override
    public int compareTo(Holder other) {
      int longer = Long.compare(other.ns, ns);
      return longer != 0 ? longer : name.compareTo(other.name);
    }
  }
}
