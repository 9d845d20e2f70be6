package latencyscope.trace;

import java.io.Closeable;
import java.io.IOException;
import latencyscope.recording.Recording;
import latencyscope.recording.event.KernelEvent;

/**
 * When a recording's threads ran and where, made out of single events, in any order. Not safe for
 * use by several threads.
 */
final class Scheduling implements Closeable {
  private static final int IN_MEMORY = 1 << 16;

  private final ExternalSorter<Absence> stays = new ExternalSorter<>(Absence.BY_THREAD, IN_MEMORY);
  private final ExternalSorter<SchedPoint> points;
  private final Evidence evidence;
  private final SchedEvents events;

  /**
   * @param offset what to subtract from a time since the epoch
   * @param points takes what is known of CPUs
   */
  Scheduling(Recording recording, Tasks tasks, long offset, ExternalSorter<SchedPoint> points) {
    this.points = points;
    evidence = new Evidence(recording, offset);
    events = new SchedEvents(stays, points, evidence, tasks, offset);
  }

  /** Takes an event. */
  void add(KernelEvent event) throws IOException {
    events.add(event);
  }

  /** No more events: hands on what they say of when threads ran. */
  void finish() throws IOException {
    ThreadStays threads = new ThreadStays(evidence, points::add);
    stays.drain(threads::accept);
    threads.finish();
  }

  @Override
  public void close() throws IOException {
    stays.close();
  }
}
