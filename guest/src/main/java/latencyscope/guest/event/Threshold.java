package latencyscope.guest.event;

import java.lang.invoke.VarHandle;
import jdk.jfr.EventType;
import latencyscope.jfr.KernelEvent;

/**
 * The shortest duration of an event type that the running recordings want.
 *
 * <p>Asked of the flight recorder itself: its {@code shouldCommit} answers for all recordings,
 * profiles and control options together, so the boundary found by bisection cannot differ from what
 * it does. Used by one thread at a time.
 */
public final class Threshold implements EventSink.Wanted {
  /** No recording wants the type. */
  public static final long NOT_ENABLED = -1;

  private final KernelEvent probe;
  private final EventType type;
  private final VarHandle duration;

  /** The last answer in ticks. */
  private long last;

  public Threshold(Class<? extends KernelEvent> event) throws ReflectiveOperationException {
    probe = event.getDeclaredConstructor().newInstance();
    type = EventType.getEventType(event);
    duration = ImplicitFields.duration(event);
  }

  @Override
  public boolean isEnabled() {
    return type.isEnabled();
  }

  @Override
  public boolean isWanted(KernelEvent event) {
    return event.shouldCommit();
  }

  /** In ticks of the flight recorder; {@link #NOT_ENABLED} if the type is off. */
  @Override
  public long ticks() {
    if (!type.isEnabled()) {
      return NOT_ENABLED;
    }
    // Each second, and nearly always the same: no search then.
    if (isWanted(last) && (last == 0 || !isWanted(last - 1))) {
      return last;
    }
    last = search();
    return last;
  }

  private long search() {
    long below = 0;
    long atLeast = Long.MAX_VALUE;
    while (below < atLeast) {
      long middle = below + (atLeast - below) / 2;
      if (isWanted(middle)) {
        atLeast = middle;
      } else {
        below = middle + 1;
      }
    }
    return below;
  }

  private boolean isWanted(long ticks) {
    duration.set(probe, ticks);
    return probe.shouldCommit();
  }
}
