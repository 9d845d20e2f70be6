package latencyscope.agent.module;

import java.lang.invoke.VarHandle;
import latencyscope.agent.event.ImplicitFields;
import latencyscope.jfr.capture.ModuleCapture;

/**
 * When one module counted, and from when until when all its records became events. Times are ticks
 * of the recorder. Used by one thread at a time.
 */
final class ModuleTimes {
  private final ModuleCapture event = new ModuleCapture();
  private final VarHandle startTime;
  private final VarHandle duration;
  private long countedUntil;
  private long reportedUntil;
  private long recordsFrom;
  private long recordsUntil;

  /**
   * @param countsFrom just before the first probe was attached
   */
  ModuleTimes(String module, long countsFrom) throws IllegalAccessException {
    event.module = module;
    startTime = ImplicitFields.startTime(ModuleCapture.class);
    duration = ImplicitFields.duration(ModuleCapture.class);
    countedUntil = countsFrom;
    reportedUntil = countsFrom;
    recordsFrom = countsFrom;
    recordsUntil = countsFrom;
  }

  /** All probes are in place: from this moment on nothing is missed. */
  void attached(long ticks) {
    recordsFrom = ticks;
    recordsUntil = ticks;
  }

  /** Every record of what happened until this moment has become an event. */
  void drained(long ticks) {
    recordsUntil = ticks;
  }

  /** The counts until this moment are reported. */
  void counted(long ticks) {
    countedUntil = ticks;
  }

  /** Begin of the counts that are not reported yet. */
  long countedUntil() {
    return countedUntil;
  }

  long recordsFrom() {
    return recordsFrom;
  }

  long recordsUntil() {
    return recordsUntil;
  }

  /** Commits the interval since the last call, and begins the next one. */
  void commit() {
    startTime.set(event, reportedUntil);
    duration.set(event, Math.max(1, countedUntil - reportedUntil));
    event.recordsFrom = recordsFrom;
    event.recordsUntil = recordsUntil;
    event.commit();
    reportedUntil = countedUntil;
    recordsFrom = recordsUntil;
  }
}
