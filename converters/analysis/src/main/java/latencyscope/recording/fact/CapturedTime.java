package latencyscope.recording.fact;

/**
 * When a module counted. Modules are attached one after the other, so each has its own time: a rate
 * is a count of the module divided by its {@code duration}.
 *
 * @param from begin, nanoseconds since the epoch: just before its first probe was attached
 * @param until end, nanoseconds since the epoch
 * @param duration time that was captured, nanoseconds, without gaps between intervals
 */
public record CapturedTime(long from, long until, long duration) {
  CapturedTime plus(CapturedTime other) {
    return new CapturedTime(
        Math.min(from, other.from), Math.max(until, other.until), duration + other.duration);
  }
}
