package latencyscope.ledger;

import latencyscope.recording.thread.ThreadId;

/**
 * A stretch of a thread's time that is to be explained.
 *
 * @param event what took that time, the full name of an event type; null for times that were given
 * @param label how people call it, such as the name of a pause
 * @param thread the thread
 * @param start begin, nanoseconds since the epoch
 * @param end end, nanoseconds since the epoch; not before the begin
 * @param own whether the thread itself recorded it, so that it ran when the window ended
 */
public record Window(
    String event, String label, ThreadId thread, long start, long end, boolean own) {
  /** Refuses an end before the begin. */
  public Window {
    if (end < start) {
      throw new IllegalArgumentException("a window that ends " + (start - end) + " ns too early");
    }
  }

  /** The same window by another name. */
  public Window labelled(String newLabel) {
    return new Window(event, newLabel, thread, start, end, own);
  }

  /** Length in nanoseconds. */
  public long duration() {
    return end - start;
  }

  public boolean overlaps(long from, long to) {
    return from < end && to > start;
  }
}
