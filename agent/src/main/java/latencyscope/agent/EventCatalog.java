package latencyscope.agent;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jdk.jfr.Event;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import latencyscope.bpf.MalformedObjectException;
import latencyscope.bpf.ObjectFile;
import latencyscope.bpf.Struct;
import latencyscope.jfr.Capture;
import latencyscope.jfr.ClockSync;
import latencyscope.jfr.Counter;
import latencyscope.jfr.Histogram;
import latencyscope.jfr.KernelEvent;
import latencyscope.jfr.ProbeCost;
import latencyscope.jfr.ProbeStatus;
import latencyscope.jfr.RecordsLost;

/**
 * The modules in the jar and the event types that belong to them.
 *
 * <p>A module's events are the Java classes with the names of its object's records, so a module is
 * known by its files alone. Immutable.
 */
final class EventCatalog {
  private static final List<Class<? extends Event>> OWN_ACCOUNT =
      List.of(
          Capture.class,
          ClockSync.class,
          Counter.class,
          Histogram.class,
          ProbeCost.class,
          ProbeStatus.class,
          RecordsLost.class);

  private final Map<String, ObjectFile> modules;
  private final List<EventType> kernelEvents;

  private EventCatalog(Map<String, ObjectFile> modules, Set<Class<? extends KernelEvent>> events) {
    this.modules = Map.copyOf(modules);
    kernelEvents = events.stream().map(EventType::getEventType).toList();
  }

  /** Makes all event types known to the flight recorder. */
  static EventCatalog register() throws MalformedObjectException {
    OWN_ACCOUNT.forEach(FlightRecorder::register);
    Map<String, ObjectFile> modules = new LinkedHashMap<>();
    Set<Class<? extends KernelEvent>> events = new LinkedHashSet<>();
    for (String name : ObjectFile.index()) {
      ObjectFile object = ObjectFile.named(name);
      if (object.records().isEmpty()) {
        continue; // a helper of the loader, not a module
      }
      modules.put(name, object);
      for (Struct struct : object.records()) {
        events.add(eventClass(struct));
      }
    }
    events.forEach(FlightRecorder::register);
    return new EventCatalog(modules, events);
  }

  /** The event class that a record is decoded into. */
  static Class<? extends KernelEvent> eventClass(Struct record) {
    String name = Capture.class.getPackageName() + "." + CNames.className(record.name());
    try {
      return Class.forName(name).asSubclass(KernelEvent.class);
    } catch (ClassNotFoundException e) {
      throw new IllegalArgumentException("struct " + record.name() + " has no event " + name, e);
    }
  }

  /** Objects by module name. */
  Map<String, ObjectFile> modules() {
    return modules;
  }

  /** Whether any running recording wants an event that only the kernel can supply. */
  boolean anyKernelEventEnabled() {
    return kernelEvents.stream().anyMatch(EventType::isEnabled);
  }
}
