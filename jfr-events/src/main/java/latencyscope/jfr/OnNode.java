package latencyscope.jfr;

/**
 * An event about a page, of which no tracepoint tells the NUMA node: it is asked for afterwards.
 */
public interface OnNode {
  /**
   * Fills in what the kernel's record does not have. Called before the event is committed.
   *
   * @param nodes says where things are
   */
  void locate(NodeLookup nodes);
}
