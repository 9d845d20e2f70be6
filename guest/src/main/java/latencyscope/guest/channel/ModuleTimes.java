package latencyscope.guest.channel;

import java.lang.invoke.VarHandle;
import latencyscope.guest.event.EventSink;
import latencyscope.guest.event.ImplicitFields;
import latencyscope.jfr.capture.ModuleCapture;

/**
 * When one module counted, and from when until when all its records became events. Times are ticks
 * of the recorder. Used by one thread at a time.
 */
public final class ModuleTimes {
  private final EventSink sink;
  private final ModuleCapture event = new ModuleCapture();
  private final VarHandle startTime;
  private final VarHandle duration;
  private long countedUntil;
  private long reportedUntil;
  private long recordsFrom;
  private long recordsUntil;

  /**
   * Begins an interval.
   *
   * @param countsFrom just before the first probe was attached
   */
  public ModuleTimes(String module, long countsFrom, EventSink sink) throws IllegalAccessException {
    this.sink = sink;
    event.module = module;
    startTime = ImplicitFields.startTime(ModuleCapture.class);
    duration = ImplicitFields.duration(ModuleCapture.class);
    countedUntil = countsFrom;
    reportedUntil = countsFrom;
    recordsFrom = countsFrom;
    recordsUntil = countsFrom;
  }

  /** All probes are in place: from this moment on nothing is missed. */
  public void attached(long ticks) {
    recordsFrom = ticks;
    recordsUntil = ticks;
  }

  /** Every record of what happened until this moment has become an event. */
  public void drained(long ticks) {
    recordsUntil = ticks;
  }

  /** The counts until this moment are reported. */
  public void counted(long ticks) {
    countedUntil = ticks;
  }

  /** Begin of the counts that are not reported yet. */
  public long countedUntil() {
    return countedUntil;
  }

  /** From when on every record becomes an event. */
  public long recordsFrom() {
    return recordsFrom;
  }

  /** Until when every record has become an event. */
  public long recordsUntil() {
    return recordsUntil;
  }

  /** Commits the interval since the last call, and begins the next one. */
  public void commit() {
    startTime.set(event, reportedUntil);
    duration.set(event, Math.max(1, countedUntil - reportedUntil));
    event.recordsFrom = recordsFrom;
    event.recordsUntil = recordsUntil;
    sink.commit(event);
    reportedUntil = countedUntil;
    recordsFrom = recordsUntil;
  }
}
