package latencyscope.agent.event;

import latencyscope.jfr.KernelEvent;

/** Puts the members of a kernel record into the event's fields of the same names. */
@FunctionalInterface
public interface EventFill {
  /**
   * Sets the implicit time and every field but those that all kernel events have.
   *
   * @param record the whole record, as words of the host's byte order
   * @param event of the class that this was made for
   * @param startTicks begin, not 0
   * @param durationTicks length, not 0
   */
  void fill(long[] record, KernelEvent event, long startTicks, long durationTicks);
}
