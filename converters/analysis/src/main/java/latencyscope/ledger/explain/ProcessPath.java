package latencyscope.ledger.explain;

import java.util.List;

/**
 * The way of a wait through the recordings of other processes.
 *
 * @param steps what each waker did while it was waited for, the first waker first
 * @param end why it goes no further: a clause
 */
public record ProcessPath(List<Step> steps, String end) {
  /** Copies the list. */
  public ProcessPath {
    steps = List.copyOf(steps);
  }

  /**
   * What a thread of another process did until it woke somebody.
   *
   * @param recording name of the recording
   * @param waited who waited for it meanwhile
   * @param clockErrorNs how far times of this recording can be off those of the one before,
   *     nanoseconds; -1 if that is not known
   * @param did where its time went, on its recording's clock
   */
  public record Step(String recording, String waited, long clockErrorNs, Explained did) {}
}
