package latencyscope.trace;

/**
 * A row of a trace.
 *
 * @param id its number, from 1
 * @param parent the row that it belongs to; null if none
 * @param kind what it is
 * @param name its name
 * @param pid process id, of a process or thread
 * @param tid OS thread id, of a thread
 */
public record Track(long id, Track parent, Kind kind, String name, long pid, long tid) {
  /** What a row is. */
  public enum Kind {
    /** A process, real or made up. */
    PROCESS,
    /** A thread. */
    THREAD,
    /** A row of slices within one of those, or on its own. */
    SLICES,
    /** A row of numbers, nanoseconds. */
    NANOSECONDS
  }

  /** The process that it belongs to; null if none. */
  public Track process() {
    Track track = this;
    while (track != null && track.kind != Kind.PROCESS) {
      track = track.parent;
    }
    return track;
  }

  /** Its name behind that of a thread or group above it. */
  public String path() {
    return parent == null || parent.kind == Kind.PROCESS ? name : parent.path() + " · " + name;
  }
}
