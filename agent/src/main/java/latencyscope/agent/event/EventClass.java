package latencyscope.agent.event;

import latencyscope.bpf.btf.Struct;
import latencyscope.jfr.KernelEvent;
import latencyscope.jfr.Schema;

/**
 * The event class that a record is decoded into: a module's events are the Java classes with the
 * names of its object's records, so a module is known by its files alone. Stateless.
 */
public final class EventClass {
  private EventClass() {}

  /**
   * Finds the class by the structure's name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Class<? extends KernelEvent> of(Struct record) {
    String name = CNames.className(record.name());
    return Schema.event(name)
        .orElseThrow(
            () -> new IllegalArgumentException("struct " + record.name() + " has no event " + name))
        .asSubclass(KernelEvent.class);
  }
}
