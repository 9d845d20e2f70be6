package latencyscope.ledger.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import latencyscope.ledger.Cause;
import latencyscope.ledger.Ledger;
import latencyscope.ledger.Part;
import latencyscope.ledger.Phrase;
import latencyscope.recording.ClockRelation;
import latencyscope.recording.EventSource;
import latencyscope.recording.Recording;
import latencyscope.recording.chunk.RecordingException;
import latencyscope.recording.thread.ThreadId;

/**
 * Follows waits to threads of other processes on the same host, as far as there are recordings of
 * these. Reads a recording twice for each step. Not safe for use by several threads.
 */
public final class PathFinder {
  private static final int MOST_STEPS = 4;

  private final List<Recorded> all;

  /**
   * A recording.
   *
   * @param name what distinguishes it
   * @param events its events
   * @param recording what it says
   */
  public record Recorded(String name, EventSource events, Recording recording) {}

  /**
   * @param all recordings; the first is the one whose windows are explained
   */
  public PathFinder(List<Recorded> all) {
    this.all = List.copyOf(all);
  }

  /**
   * Follows the waits of the slowest windows.
   *
   * @throws RecordingException if a recording cannot be read
   */
  public Explanation follow(Explanation explanation) throws RecordingException {
    List<Explained> slowest = new ArrayList<>();
    for (Explained explained : explanation.slowest()) {
      slowest.add(explained.withPath(path(explained)));
    }
    return explanation.withSlowest(slowest);
  }

  private ProcessPath path(Explained window) throws RecordingException {
    List<ProcessPath.Step> steps = new ArrayList<>();
    Recorded recorded = all.get(0);
    Explained at = window;
    while (steps.size() < MOST_STEPS) {
      Optional<String> end = end(at);
      if (end.isPresent()) {
        return new ProcessPath(steps, end.get());
      }
      OutsideWaker waker = at.outside();
      Recorded other = recordingOf(waker, recorded);
      if (other == null) {
        return new ProcessPath(
            steps, "of " + waker.name() + " there is no recording among these files");
      }
      ClockRelation clocks = ClockRelation.of(recorded.recording, other.recording);
      Explained did =
          Explainer.thread(
              other.events,
              waker.tid(),
              waker.since() - clocks.shift(),
              waker.woke() - clocks.shift());
      if (did == null) {
        return new ProcessPath(
            steps,
            "thread " + waker.tid() + " is not in " + other.name + ", which may begin later");
      }
      steps.add(
          new ProcessPath.Step(
              other.name,
              at.chain().get(at.chain().size() - 1).thread().name(),
              clocks.errorNs().orElse(-1),
              did));
      recorded = other;
      at = did;
    }
    return new ProcessPath(steps, MOST_STEPS + " steps are the most that are followed");
  }

  /** Why the path ends at a thread; empty if another process is the one to look at. */
  private static Optional<String> end(Explained at) {
    Ledger ledger = at.ledger();
    String thread = ledger.window().thread().name();
    Part longest = ledger.parts().isEmpty() ? null : ledger.parts().get(0);
    if (longest == null || longest.ns() < ledger.unexplained()) {
      return Optional.of("most of what " + thread + " did is not recorded");
    }
    if (longest.cause() != Cause.BLOCKED) {
      return Optional.of(thread + " waited for nobody: most of its time was " + Phrase.of(longest));
    }
    if (at.outside() != null) {
      return Optional.empty();
    }
    if (at.chain().isEmpty()) {
      return Optional.of("who woke " + thread + " is not recorded");
    }
    WakeLink last = at.chain().get(at.chain().size() - 1);
    return Optional.of(
        last.waker() + " ended the wait of " + last.thread().name() + within(longest, at));
  }

  private static String within(Part longest, Explained at) {
    return at.chain().size() == 1 && longest.within() != null ? " in " + longest.within() : "";
  }

  private Recorded recordingOf(OutsideWaker waker, Recorded from) {
    for (Recorded other : all) {
      if (other != from
          && isOf(waker, other.recording)
          && ClockRelation.of(from.recording, other.recording).oneBoot()) {
        return other;
      }
    }
    return null;
  }

  private static boolean isOf(OutsideWaker waker, Recording recording) {
    long target = recording.capture().targetPid();
    return target > 0 && waker.pid() > 0
        ? target == waker.pid()
        : recording.threads().stream().mapToLong(ThreadId::osTid).anyMatch(t -> t == waker.tid());
  }
}
