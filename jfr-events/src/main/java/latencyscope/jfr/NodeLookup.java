package latencyscope.jfr;

/** Says on which NUMA nodes pages and CPUs are. */
public interface NodeLookup {
  /** A node that is not known. */
  int UNKNOWN = -1;

  /**
   * The node that a page is on at this moment.
   *
   * @param osThreadId a thread whose memory it is
   * @param address of any byte of it
   * @return node, or {@link #UNKNOWN}
   */
  int ofPage(long osThreadId, long address);

  /**
   * The node of a CPU.
   *
   * @param cpu its number
   * @return node, or {@link #UNKNOWN}
   */
  int ofCpu(long cpu);
}
