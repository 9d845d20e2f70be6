package latencyscope.jfr;

/** Says where pages are: on which NUMA node, and of which file. */
public interface PageLookup {
  /** A node that is not known. */
  int UNKNOWN = -1;

  /**
   * A place in a file.
   *
   * @param path of the file
   * @param offset in it, bytes
   */
  record InFile(String path, long offset) {}

  /**
   * The node that a page is on at this moment.
   *
   * @param osThreadId a thread whose memory it is
   * @param address of any byte of it
   * @return node, or {@link #UNKNOWN}
   */
  int nodeOfPage(long osThreadId, long address);

  /**
   * The node of a CPU.
   *
   * @param cpu its number
   * @return node, or {@link #UNKNOWN}
   */
  int nodeOfCpu(long cpu);

  /**
   * The file that is mapped at an address at this moment.
   *
   * @return null if none is, or if that is unknown
   */
  InFile fileAt(long address);
}
