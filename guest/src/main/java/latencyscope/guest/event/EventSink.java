package latencyscope.guest.event;

import java.util.List;
import jdk.jfr.Event;
import latencyscope.jfr.KernelEvent;

/**
 * Where the events of a host go, and which are wanted there: the flight recorder of this JVM, or
 * that of another one, which a broker serves.
 *
 * <p>Times are ticks of the {@link TickClock} that the host has. Used by one thread at a time, but
 * for {@link #wanted}, which the threads that load modules call side by side.
 */
public interface EventSink {
  /**
   * Takes an event as it is now; the instance may be filled again afterwards.
   *
   * @param event whose implicit begin and length are set; a begin of 0 means now
   */
  void commit(Event event);

  /**
   * What is wanted of a type, now and later.
   *
   * @throws ReflectiveOperationException if it is no event like the others
   */
  Wanted wanted(Class<? extends KernelEvent> type) throws ReflectiveOperationException;

  /** The types whose absence is to mean something; none if the other side sees to that. */
  List<Class<? extends Event>> recordable();

  /**
   * Whether it is the target that takes the events, from another pid namespace perhaps: then
   * threads have the ids that they have there.
   */
  boolean isTarget();

  /** Whether events can be taken that are shorter than the recordings' thresholds. */
  boolean takesShortEvents();

  /** Runs what commits events, however short they are. */
  void withShortEvents(Runnable commits);

  /** What the running recordings want of one type. */
  interface Wanted {
    /** Whether the type is wanted at all. */
    boolean isEnabled();

    /** Whether an event of the type is, whose length is set. */
    boolean isWanted(KernelEvent event);

    /** The shortest that is wanted; {@link Threshold#NOT_ENABLED} if the type is off. */
    long ticks();
  }
}
