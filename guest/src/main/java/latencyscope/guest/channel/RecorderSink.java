package latencyscope.guest.channel;

import java.lang.instrument.Instrumentation;
import java.util.List;
import java.util.Optional;
import jdk.jfr.Event;
import latencyscope.guest.event.EventSink;
import latencyscope.guest.event.Threshold;
import latencyscope.guest.hotspot.RecorderThresholds;
import latencyscope.jfr.KernelEvent;
import latencyscope.jfr.Schema;

/** The flight recorder of this JVM. */
public final class RecorderSink implements EventSink {
  /** Null if nothing shorter than the thresholds is to be taken. */
  private final Instrumentation instrumentation;

  /** Null until it is asked for: the recorder must know the events by then. */
  private Optional<RecorderThresholds> thresholds;

  /**
   * Takes events from now on.
   *
   * @param instrumentation for access to the recorder's thresholds; null: they stay as they are
   */
  public RecorderSink(Instrumentation instrumentation) {
    this.instrumentation = instrumentation;
  }

  @Override
  public void commit(Event event) {
    event.commit();
  }

  @Override
  public Wanted wanted(Class<? extends KernelEvent> type) throws ReflectiveOperationException {
    return new Threshold(type);
  }

  @Override
  public List<Class<? extends Event>> recordable() {
    return Schema.events();
  }

  /** This JVM has the ids of its own namespace in any case. */
  @Override
  public boolean isTarget() {
    return false;
  }

  @Override
  public boolean takesShortEvents() {
    return thresholds().isPresent();
  }

  @Override
  public void withShortEvents(Runnable commits) {
    thresholds().orElseThrow().lowered(commits::run);
  }

  private Optional<RecorderThresholds> thresholds() {
    if (thresholds == null) {
      thresholds =
          instrumentation == null
              ? Optional.empty()
              : RecorderThresholds.of(instrumentation, List.copyOf(Schema.events()));
    }
    return thresholds;
  }
}
