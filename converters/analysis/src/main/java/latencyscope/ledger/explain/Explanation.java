package latencyscope.ledger.explain;

import java.util.List;
import latencyscope.ledger.Cause;
import latencyscope.ledger.Part;
import latencyscope.recording.fact.Scope;

/**
 * Where the time of an event type went, or that of threads between two times.
 *
 * @param event full name of the event type; null if times were given
 * @param lengths lengths of all windows, nanoseconds
 * @param slowest the longest window of each of the longest stalls, the longest first
 * @param sums the time of all explained windows by cause and culprit, the longest first
 * @param unexplained what is not explained of all of them, nanoseconds
 * @param explained how many windows the sums are of
 * @param counterfactuals what the windows would have been without one cause, the one that changes
 *     most first
 * @param notes sentences on what this rests on and what is missing
 * @param scope to which CPUs and threads the capture was limited
 */
public record Explanation(
    String event,
    Sorted lengths,
    List<Explained> slowest,
    List<Part> sums,
    long unexplained,
    int explained,
    List<Counterfactual> counterfactuals,
    List<String> notes,
    Scope scope) {
  /** Copies the lists. */
  public Explanation {
    slowest = List.copyOf(slowest);
    sums = List.copyOf(sums);
    counterfactuals = List.copyOf(counterfactuals);
    notes = List.copyOf(notes);
  }

  /** What is unexplained, in words that follow a time. */
  public String unexplainedInWords() {
    return Cause.UNEXPLAINED.words() + scope.limits().map(limits -> ": " + limits).orElse("");
  }

  /** The same with other accounts of the slowest. */
  Explanation withSlowest(List<Explained> others) {
    return new Explanation(
        event, lengths, others, sums, unexplained, explained, counterfactuals, notes, scope);
  }
}
