package latencyscope.guest.event;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import jdk.jfr.Event;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import latencyscope.jfr.KernelEvent;
import latencyscope.jfr.Schema;
import latencyscope.jfr.capture.Exemplar;

/**
 * The event types of the schema, and which of them only a capture can supply.
 *
 * <p>Immutable.
 */
public final class EventCatalog {
  private final List<EventType> types;
  private final List<EventType> kernelEvents;

  private EventCatalog(List<Class<? extends Event>> events) {
    types = events.stream().map(EventType::getEventType).toList();
    kernelEvents =
        events.stream()
            .filter(type -> KernelEvent.class.isAssignableFrom(type) && type != Exemplar.class)
            .map(EventType::getEventType)
            .toList();
  }

  /** Makes all event types known to the flight recorder. */
  public static EventCatalog register() {
    List<Class<? extends Event>> events = Schema.events();
    events.forEach(FlightRecorder::register);
    return new EventCatalog(events);
  }

  /** Whether any running recording wants an event that only the kernel can supply. */
  public boolean anyKernelEventEnabled() {
    return kernelEvents.stream().anyMatch(EventType::isEnabled);
  }

  /** Notices when events are enabled or disabled, by whatever way. Used by one thread at a time. */
  public final class Changes {
    private final boolean[] enabled = new boolean[types.size()];

    private Changes() {}

    /** Whether any type is wanted, or not wanted, otherwise than at the last call. No garbage. */
    public boolean happened() {
      boolean happened = false;
      for (int i = 0; i < enabled.length; i++) {
        boolean now = types.get(i).isEnabled();
        happened |= now != enabled[i];
        enabled[i] = now;
      }
      return happened;
    }
  }

  /** Changes from a state in which nothing is wanted. */
  public Changes changes() {
    return new Changes();
  }

  /** The modules of which a running recording wants any event. */
  public Set<String> usedModules() {
    Set<String> used = new HashSet<>();
    for (EventType type : types) {
      if (type.isEnabled()) {
        used.add(Schema.module(type));
      }
    }
    return used;
  }
}
