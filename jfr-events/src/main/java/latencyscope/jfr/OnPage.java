package latencyscope.jfr;

/** An event about a page, of which the kernel's record does not have all: the rest is asked for. */
public interface OnPage {
  /**
   * Fills in what the kernel's record does not have. Called before the event is committed.
   *
   * @param pages says where things are
   */
  void locate(PageLookup pages);
}
