package latencyscope.analysis;

/** How bad it is, in ascending order. */
public enum Severity {
  /** Nothing of note. */
  PASS,
  /** Something that a trader of latency would want to know. */
  WARN,
  /** Something that must not happen on CPUs that were given or isolated for the target. */
  FAIL
}
