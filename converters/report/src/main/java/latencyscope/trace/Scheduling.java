package latencyscope.trace;

import java.io.Closeable;
import java.io.IOException;
import latencyscope.recording.Recording;
import latencyscope.recording.event.KernelEvent;

/**
 * Who ran when and where, made out of single events: takes them in any order, and writes at the
 * end. Not safe for use by several threads.
 */
final class Scheduling implements Closeable {
  private static final int IN_MEMORY = 1 << 16;

  private final ExternalSorter<Absence> stays = new ExternalSorter<>(Absence.BY_THREAD, IN_MEMORY);
  private final ExternalSorter<SchedPoint> points =
      new ExternalSorter<>(SchedPoint.BY_TIME, IN_MEMORY);
  private final Evidence evidence;
  private final Tasks tasks;
  private final SchedEvents events;

  /**
   * @param offset what to subtract from a time since the epoch
   */
  Scheduling(Recording recording, Tasks tasks, long offset) {
    this.tasks = tasks;
    evidence = new Evidence(recording, offset);
    events = new SchedEvents(stays, points, evidence, tasks, offset);
  }

  /** Takes an event. */
  void add(KernelEvent event) throws IOException {
    events.add(event);
  }

  /** Writes what all events say. */
  void write(TraceOutput out) throws IOException {
    ThreadStays threads = new ThreadStays(evidence, points::add);
    stays.drain(threads::accept);
    threads.finish();
    SchedTrack track = new SchedTrack(out, tasks);
    points.drain(track::accept);
    track.finish();
  }

  @Override
  public void close() throws IOException {
    try (stays) {
      points.close();
    }
  }
}
