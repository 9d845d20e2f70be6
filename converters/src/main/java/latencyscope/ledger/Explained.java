package latencyscope.ledger;

import java.util.List;

/**
 * A window, where its time went, and how that came about.
 *
 * @param ledger where its time went
 * @param hidden how much of what counts as on CPU, or as in a system call, may have been switches
 *     below the recording's threshold, nanoseconds; -1 if that is not bounded
 * @param chain who woke its thread from its longest block, who had woken that one, and so on
 * @param carriers where its thread ran, if that is a virtual one; null if it is not
 */
public record Explained(Ledger ledger, long hidden, List<WakeLink> chain, Carriers carriers) {
  /** Copies the list. */
  public Explained {
    chain = List.copyOf(chain);
  }
}
