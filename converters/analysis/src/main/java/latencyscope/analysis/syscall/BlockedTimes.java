package latencyscope.analysis.syscall;

import latencyscope.jfr.schema.EventFields;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.recording.event.CodeStack;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.thread.ThreadId;

/**
 * Hands over the calls that threads were blocked in, each with where in the program it was made.
 * Not safe for use by several threads.
 */
public final class BlockedTimes extends FutexConsumer {
  private static final String NO_FILE = "none";

  private final Sink sink;

  /** Takes blocked calls. */
  @FunctionalInterface
  public interface Sink {
    /**
     * Takes one call.
     *
     * @param what it was blocked in, in a few words
     * @param stack where in the program
     * @param duration of the call, nanoseconds
     * @param runnableNs the part at whose end it could have run, but there was no CPU
     */
    void accept(ThreadId thread, String what, CodeStack stack, long duration, long runnableNs);
  }

  /** Creates one that has seen nothing. */
  public BlockedTimes(Sink sink) {
    this.sink = sink;
  }

  @Override
  void settled(FutexWait wait) {
    sink.accept(
        wait.thread(),
        words(wait),
        wait.stack(),
        wait.duration(),
        wait.duration() - wait.blockedNs());
  }

  private static String words(FutexWait wait) {
    return switch (wait.reason()) {
      case LOCK -> "lock" + named(" of ", wait.object());
      case NATIVE_LOCK -> wait.mutex() == null ? "native mutex" : wait.mutex();
      case PARKED -> "parked" + named(" on ", wait.object());
      case MONITOR_WAIT -> "Object.wait" + named(" on ", wait.object());
      case SLEEP -> "Thread.sleep";
      case UNKNOWN -> wait.mutex() == null ? "futex" : "futex of " + wait.mutex();
    };
  }

  private static String named(String before, String name) {
    return name == null ? "" : before + name;
  }

  @Override
  public void accept(KernelEvent event) {
    if (event.thread() == null || event.isOutside()) {
      return;
    }
    switch (event.type()) {
      case EventTypes.FUTEX_WAIT -> add(FutexWait.of(event));
      case EventTypes.BLOCKING_SYSCALL -> add(event, words(BlockedCall.of(event)));
      case EventTypes.SLEEP -> add(event, event.text(EventFields.CALL));
      default -> {}
    }
  }

  private static String words(BlockedCall call) {
    if (call.sampled()) {
      return "stopped by the flight recorder's sampler";
    }
    boolean isOnFile = call.file() != null && !call.file().equals(NO_FILE);
    return call.call() + (isOnFile ? " (" + call.file() + ")" : "");
  }

  private void add(KernelEvent event, String what) {
    long runnable = event.number(EventFields.RUN_DELAY);
    sink.accept(
        event.thread(),
        what == null ? "unknown call" : what,
        event.stack(),
        event.duration(),
        Math.max(0, Math.min(event.duration(), runnable)));
  }
}
