package latencyscope.analysis;

/** What began at a time. */
interface Timed {
  /** Begin, nanoseconds since the epoch. */
  long start();
}
