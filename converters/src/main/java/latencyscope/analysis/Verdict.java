package latencyscope.analysis;

import java.util.List;

/**
 * The answer to one question that a module asks; what violations and warnings are counted by.
 *
 * @param severity the answer
 * @param text the answer in words
 * @param worst the finding that cost most; null if there is none
 * @param cause what the culprit did to the thread, as a sentence; null if there is no culprit
 * @param service the worst that befell the JVM's own threads, which are seldom what was asked about
 *     and are left out of the others; null if nothing did
 */
public record Verdict(
    Severity severity, String text, Finding worst, String cause, Finding service) {
  /** A verdict that no single finding stands for. */
  public static Verdict of(Severity severity, String text) {
    return new Verdict(severity, text, null, null, null);
  }

  /** How many of them are violations. */
  static int violations(List<Verdict> verdicts) {
    return (int) verdicts.stream().filter(v -> v.severity() == Severity.FAIL).count();
  }
}
