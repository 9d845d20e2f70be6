package latencyscope.analysis.finding;

/** How bad it is, in ascending order: what nobody looked at is worse than what was found good. */
public enum Severity {
  /** Nothing of note. */
  PASS,
  /** The recording does not hold what an answer rests on. */
  NOT_MEASURED,
  /** Something that a trader of latency would want to know. */
  WARN,
  /** Something that must not happen on CPUs that were given or isolated for the target. */
  FAIL;

  /** As people read it. */
  public String tag() {
    return this == NOT_MEASURED ? "N/A" : name();
  }
}
