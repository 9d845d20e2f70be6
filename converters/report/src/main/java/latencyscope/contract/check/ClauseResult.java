package latencyscope.contract.check;

import java.util.List;
import latencyscope.contract.Outcome;

/**
 * What came of one clause.
 *
 * @param subject the threads that it is about, or {@code host}
 * @param key of the measure or expectation, {@code cpus} or {@code policy}
 * @param wanted what the contract says
 * @param measured what was measured, in a few words; null if nothing was
 * @param outcome what came of it
 * @param evidence what the outcome rests on, or what is missing, as a sentence
 * @param remedy what to do, a sentence or a command to a line; null if nothing is known or needed
 * @param line of the contract
 * @param worst where to look first; null if it is not about a thread's time
 * @param amount what was measured, in the unit of the bound: nanoseconds, occurrences, or either
 *     for each second; NaN if the clause is not about an amount, or nothing was measured
 */
public record ClauseResult(
    String subject,
    String key,
    String wanted,
    String measured,
    Outcome outcome,
    String evidence,
    String remedy,
    int line,
    Window worst,
    double amount) {
  /**
   * When the worst befell a thread.
   *
   * @param thread its name
   * @param from begin, nanoseconds since the epoch; {@link Long#MIN_VALUE} for all of the capture
   * @param to end; {@link Long#MAX_VALUE} for all of the capture
   */
  public record Window(String thread, long from, long to) {}

  /** One that is not about a thread's time. */
  public ClauseResult(
      String subject,
      String key,
      String wanted,
      String measured,
      Outcome outcome,
      String evidence,
      String remedy,
      int line) {
    this(subject, key, wanted, measured, outcome, evidence, remedy, line, null, Double.NaN);
  }

  /** The same with another outcome. */
  ClauseResult as(Outcome other, String why) {
    return new ClauseResult(
        subject, key, wanted, measured, other, why, remedy, line, worst, amount);
  }

  /** The worst of several results on the same clause, with how many of them there were. */
  static ClauseResult worst(List<ClauseResult> results) {
    ClauseResult worst = results.get(0);
    for (ClauseResult result : results) {
      if (result.outcome().compareTo(worst.outcome()) > 0) {
        worst = result;
      }
    }
    return worst;
  }
}
