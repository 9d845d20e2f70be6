package latencyscope.analysis.evidence;

/**
 * That a recording holds all that the answer "none" to a question rests on. Only {@link Evidence}
 * gives one, so that no verdict passes without.
 */
public final class Proof {
  private final Question question;

  Proof(Question question) {
    this.question = question;
  }

  /** The question that may be answered. */
  public Question question() {
    return question;
  }
}
