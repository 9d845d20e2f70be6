package latencyscope.ledger;

import java.util.List;
import latencyscope.ledger.Counterfactual.Sorted;

/**
 * Where the time of an event type went, or that of threads between two times.
 *
 * @param event full name of the event type; null if times were given
 * @param lengths lengths of all windows, nanoseconds
 * @param slowest the longest windows, the longest first
 * @param sums the time of all explained windows by cause and culprit, the longest first
 * @param unexplained what is not explained of all of them, nanoseconds
 * @param explained how many windows the sums are of
 * @param counterfactuals what the windows would have been without one cause, the one that changes
 *     most first
 * @param notes sentences on what this rests on and what is missing
 */
public record Explanation(
    String event,
    Sorted lengths,
    List<Explained> slowest,
    List<Part> sums,
    long unexplained,
    int explained,
    List<Counterfactual> counterfactuals,
    List<String> notes) {
  /** Copies the lists. */
  public Explanation {
    slowest = List.copyOf(slowest);
    sums = List.copyOf(sums);
    counterfactuals = List.copyOf(counterfactuals);
    notes = List.copyOf(notes);
  }
}
