package latencyscope.ledger;

import latencyscope.analysis.finding.Task;
import latencyscope.recording.event.CodeStack;

/**
 * Time of a window that has one cause, all of its stretches added up.
 *
 * @param cause the cause
 * @param culprit who or what did it; null if nobody is known, or nobody did
 * @param within what the thread was in when it blocked; null if that is not known
 * @param detail of its longest stretch, as the end of a sentence; null if there is none
 * @param cpu CPU on which all of it happened; -1 if that is not known or it was several
 * @param ns how long, nanoseconds; more than 0
 * @param longest its longest stretch, nanoseconds
 * @param stretches how many stretches
 * @param task the task that the culprit is, of the longest stretch; null if it is none
 * @param stack where in the program the thread was, of the longest stretch of which that is known
 * @param stackNs length of that stretch, nanoseconds; 0 if it is known of none
 */
public record Part(
    Cause cause,
    String culprit,
    String within,
    String detail,
    int cpu,
    long ns,
    long longest,
    int stretches,
    Task task,
    CodeStack stack,
    long stackNs) {
  /** One whose culprit is no task. */
  public Part(
      Cause cause,
      String culprit,
      String within,
      String detail,
      int cpu,
      long ns,
      long longest,
      int stretches) {
    this(cause, culprit, within, detail, cpu, ns, longest, stretches, null, CodeStack.NONE, 0);
  }

  /** What distinguishes causes over many windows. */
  public record Key(Cause cause, String culprit) {}

  /** What distinguishes this cause over many windows. */
  public Key key() {
    return new Key(cause, culprit);
  }
}
