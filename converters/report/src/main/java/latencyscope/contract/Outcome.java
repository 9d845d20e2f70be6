package latencyscope.contract;

import java.util.Locale;

/** What came of a clause, the worst last. */
public enum Outcome {
  /** The clause was kept, and the recording shows it. */
  PASSED,
  /** The clause was broken, and an exception that has not expired allows it. */
  EXCEPTED,
  /** The recording does not say whether the clause was kept, or somebody else broke it. */
  INCONCLUSIVE,
  /** The clause was broken. */
  VIOLATED;

  /** The outcome in JSON and for people. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
