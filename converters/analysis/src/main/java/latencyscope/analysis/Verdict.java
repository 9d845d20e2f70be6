package latencyscope.analysis;

import java.util.List;
import latencyscope.analysis.evidence.Evidence;
import latencyscope.analysis.evidence.Proof;
import latencyscope.analysis.evidence.Question;
import latencyscope.analysis.finding.Finding;
import latencyscope.analysis.finding.Severity;

/**
 * The answer to one question that a module asks; what violations and warnings are counted by.
 *
 * @param severity the answer
 * @param text the answer in words
 * @param worst the finding that cost most; null if there is none
 * @param cause what the culprit did to the thread, as a sentence; null if there is no culprit
 * @param service the worst that befell the JVM's own threads, which are seldom what was asked about
 *     and are left out of the others; null if nothing did
 * @param question what was asked; null where only what was seen is said
 * @param proof that "nothing" may be said; null if something was seen, or may not
 * @param outOfScope whether there is no answer only because the user limited the capture
 * @param restates whether it says what the worst finding says, whose details are its own then
 */
public record Verdict(
    Severity severity,
    String text,
    Finding worst,
    String cause,
    Finding service,
    Question question,
    Proof proof,
    boolean outOfScope,
    boolean restates) {
  /**
   * Checks that nothing passes without evidence.
   *
   * @throws IllegalArgumentException if it does
   */
  public Verdict {
    if (severity == Severity.PASS && (proof == null || proof.question() != question)) {
      throw new IllegalArgumentException("'" + text + "' passes without evidence");
    }
  }

  /** An answer that rests on all of the capture. */
  public Verdict(
      Severity severity,
      String text,
      Finding worst,
      String cause,
      Finding service,
      Question question,
      Proof proof) {
    this(severity, text, worst, cause, service, question, proof, false, false);
  }

  /** Whether a finding says the same, so that its details are this verdict's. */
  public boolean isFinding(Finding finding) {
    return restates && worst.equals(finding);
  }

  /** A verdict that says what a finding says. */
  public static Verdict of(Finding finding) {
    return new Verdict(
        finding.severity(), finding.title(), finding, null, null, null, null, false, true);
  }

  /** What was seen, of whatever question. */
  public Verdict(Severity severity, String text, Finding worst, String cause, Finding service) {
    this(severity, text, worst, cause, service, null, null);
  }

  /** A verdict on something seen that no single finding stands for. */
  public static Verdict seen(Severity severity, String text) {
    return new Verdict(severity, text, null, null, null);
  }

  /** The answer that nothing was seen, where the recording shows that there was nothing. */
  public static Verdict none(Question question, Evidence evidence, String text) {
    return evidence
        .proof(question)
        .map(proof -> new Verdict(Severity.PASS, text, null, null, null, question, proof))
        .orElseGet(() ->
            notMeasured(
                question,
                evidence.whyNot(question).orElseThrow(),
                evidence.isOutOfScope(question)));
  }

  /** No answer, because the recording does not hold what it rests on. */
  public static Verdict notMeasured(Question question, String whyNot) {
    return notMeasured(question, whyNot, false);
  }

  private static Verdict notMeasured(Question question, String whyNot, boolean outOfScope) {
    String text = question.title() + ": " + whyNot;
    return new Verdict(
        Severity.NOT_MEASURED, text, null, null, null, question, null, outOfScope, false);
  }

  /** The same as the answer to a question. */
  public Verdict about(Question asked) {
    return new Verdict(severity, text, worst, cause, service, asked, proof, outOfScope, restates);
  }

  /** How many of them are violations. */
  public static int violations(List<Verdict> verdicts) {
    return (int) verdicts.stream().filter(v -> v.severity() == Severity.FAIL).count();
  }
}
