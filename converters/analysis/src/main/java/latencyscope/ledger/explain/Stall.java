package latencyscope.ledger.explain;

import latencyscope.ledger.Window;

/**
 * One delay of a thread, which may have made several windows long: of requests that queue for a
 * thread, all that were waiting. Not safe for use by several threads.
 */
public final class Stall {
  private final Window longest;
  private int others;

  /** Creates a stall that no other window is known to lie in. */
  public Stall(Window longest) {
    this.longest = longest;
  }

  /** The longest of its windows. */
  public Window longest() {
    return longest;
  }

  /** How many more windows lie in it with half of their length or more. */
  public int others() {
    return others;
  }

  /** Counts another one. */
  public void add() {
    others++;
  }

  /** Whether a shorter window of the same thread lies in it with half of its length or more. */
  public boolean holds(Window shorter) {
    long common =
        Math.min(longest.end(), shorter.end()) - Math.max(longest.start(), shorter.start());
    return common >= 0 && 2 * common >= shorter.duration();
  }
}
