package latencyscope.ledger.explain;

import java.util.List;
import latencyscope.ledger.Ledger;
import latencyscope.ledger.Unexplained;

/**
 * A window, where its time went, and how that came about.
 *
 * @param ledger where its time went
 * @param othersInStall how many more windows of the same thread lie with half of their length or
 *     more in this one: one stall made them all long
 * @param hidden how much of what counts as on CPU, or as in a system call, may have been switches
 *     below the recording's threshold, nanoseconds; -1 if that is not bounded
 * @param chain who woke its thread from its longest block, who had woken that one, and so on
 * @param circumstances what its event says beside its time
 * @param carriers where its thread ran, if that is a virtual one; null if it is not
 * @param unexplained why the rest is unexplained, the longest part first; empty for a virtual
 *     thread, of which the carriers say so
 * @param outside the task of another process that begins the chain; null if there is none
 * @param path how it goes on in the recordings of other processes; null if there are none
 */
public record Explained(
    Ledger ledger,
    int othersInStall,
    long hidden,
    List<WakeLink> chain,
    Circumstances circumstances,
    Carriers carriers,
    List<Unexplained> unexplained,
    OutsideWaker outside,
    ProcessPath path) {
  /** Copies the lists. */
  public Explained {
    unexplained = List.copyOf(unexplained);
    chain = List.copyOf(chain);
  }

  /** The same with the path into other processes. */
  Explained withPath(ProcessPath found) {
    return new Explained(
        ledger, othersInStall, hidden, chain, circumstances, carriers, unexplained, outside, found);
  }
}
