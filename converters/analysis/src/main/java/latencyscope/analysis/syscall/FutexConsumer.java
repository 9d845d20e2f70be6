package latencyscope.analysis.syscall;

import latencyscope.recording.event.EventConsumer;
import latencyscope.recording.event.JvmEvent;

/**
 * Reads futex waits with the JVM's own account of why they were waited for. Not safe for use by
 * several threads.
 */
abstract class FutexConsumer implements EventConsumer {
  private final FutexReasons reasons = new FutexReasons((wait, java) -> settled(wait));

  /** Takes a wait, once, with its reason. */
  abstract void settled(FutexWait wait);

  /** Has a wait settled once its reason can be known. */
  final void add(FutexWait wait) {
    reasons.add(wait);
  }

  @Override
  public final boolean wants(String type) {
    return JavaWait.isReportedBy(type);
  }

  @Override
  public final void accept(JvmEvent event) {
    reasons.add(event);
  }

  @Override
  public final void endOfChunk() {
    reasons.endOfChunk();
  }

  /** Settles what is left; called after the last event. */
  public final void end() {
    endOfChunk();
    endOfChunk();
  }
}
