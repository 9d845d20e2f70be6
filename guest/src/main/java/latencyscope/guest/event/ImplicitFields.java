package latencyscope.guest.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import jdk.jfr.Event;

/**
 * Reaches the fields that the flight recorder adds to event classes when it instruments them: the
 * only way to commit an event with a given time.
 */
public final class ImplicitFields {
  private ImplicitFields() {}

  /** The event's begin in ticks; writing 0 means now. */
  public static VarHandle startTime(Class<? extends Event> type) throws IllegalAccessException {
    return field(type, "startTime");
  }

  /** The event's length in ticks; writing 0 means from its begin until now. */
  public static VarHandle duration(Class<? extends Event> type) throws IllegalAccessException {
    return field(type, "duration");
  }

  private static VarHandle field(Class<? extends Event> type, String name)
      throws IllegalAccessException {
    try {
      return MethodHandles.privateLookupIn(type, MethodHandles.lookup())
          .findVarHandle(type, name, long.class);
    } catch (NoSuchFieldException e) {
      throw new IllegalStateException(
          "the flight recorder has not instrumented " + type.getSimpleName(), e);
    }
  }
}
