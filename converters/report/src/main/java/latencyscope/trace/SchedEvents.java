package latencyscope.trace;

import java.io.IOException;
import latencyscope.jfr.schema.EventFields;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.thread.ThreadId;
import latencyscope.trace.Absence.Kind;
import latencyscope.trace.Absence.Waker;

/**
 * Collects what single events say of when threads were off their CPUs, and of who ran on a CPU. Not
 * safe for use by several threads.
 *
 * <p>Source: {@code ContextSwitch}, which has both ends of a thread's stay off its CPU, and {@code
 * RunQueueWait}, which has who ran meanwhile.
 */
final class SchedEvents {
  private static final int NOT_KNOWN = -1;

  private final ExternalSorter<Absence> stays;
  private final ExternalSorter<SchedPoint> points;
  private final Evidence evidence;
  private final Tasks tasks;
  private final long offset;

  /**
   * @param offset what to subtract from a time since the epoch
   */
  SchedEvents(
      ExternalSorter<Absence> stays,
      ExternalSorter<SchedPoint> points,
      Evidence evidence,
      Tasks tasks,
      long offset) {
    this.stays = stays;
    this.points = points;
    this.evidence = evidence;
    this.tasks = tasks;
    this.offset = offset;
  }

  void add(KernelEvent event) throws IOException {
    if (event.cpu() >= 0) {
      interrupt(event);
    }
    ThreadId thread = event.thread();
    if (thread == null || thread.osTid() <= 0 || event.cpu() < 0) {
      return;
    }
    switch (event.type()) {
      case EventTypes.CONTEXT_SWITCH -> absence(event, thread);
      case EventTypes.RUN_QUEUE_WAIT -> {
        wait(event, thread);
        held(event);
      }
      default -> {}
    }
  }

  private void interrupt(KernelEvent event) throws IOException {
    if (event.type().equals(EventTypes.HARD_IRQ)) {
      int irq = (int) event.number(EventFields.IRQ);
      String device = event.text(EventFields.DEVICE);
      tasks.interrupt(irq, device == null ? event.text(EventFields.HANDLER) : device);
      interrupt(event, SchedPoint.Kind.IRQ, irq);
    } else if (event.type().equals(EventTypes.SOFT_IRQ)) {
      int vector = SchedPoint.SOFTIRQS.indexOf(String.valueOf(event.text(EventFields.VECTOR)));
      if (vector >= 0) {
        interrupt(event, SchedPoint.Kind.SOFTIRQ, vector);
      }
    }
  }

  private void interrupt(KernelEvent event, SchedPoint.Kind kind, int number) throws IOException {
    long begin = event.start() - offset;
    points.add(
        new SchedPoint(begin, begin + event.duration(), event.cpu(), kind, number, NOT_KNOWN, 0));
  }

  private void absence(KernelEvent event, ThreadId thread) throws IOException {
    evidence.recorded(thread);
    int state =
        event.flag(EventFields.VOLUNTARY)
            ? TaskState.named(event.text(EventFields.STATE))
            : TaskState.PREEMPTED;
    stays.add(
        new Absence(
            (int) thread.osTid(),
            (int) thread.javaId(),
            Kind.SWITCH,
            event.start() - offset,
            event.start() - offset + event.duration(),
            event.cpu(),
            (int) event.number(EventFields.RETURN_CPU, event.cpu()),
            state,
            (int) event.number(EventFields.NEXT_TID),
            Math.min(event.number(EventFields.WAITED), event.duration()),
            Wakers.of(event)));
  }

  private void wait(KernelEvent event, ThreadId thread) throws IOException {
    boolean preempted = "preempted".equals(event.text(EventFields.KIND));
    tasks.priority((int) thread.osTid(), (int) event.number(EventFields.PRIORITY));
    stays.add(
        new Absence(
            (int) thread.osTid(),
            (int) thread.javaId(),
            preempted ? Kind.PREEMPTED : Kind.WAKEUP,
            event.start() - offset,
            event.start() - offset + event.duration(),
            event.cpu(),
            event.cpu(),
            preempted ? TaskState.PREEMPTED : TaskState.NOT_RECORDED,
            NOT_KNOWN,
            event.duration(),
            Waker.UNKNOWN));
  }

  // Only of a culprit that had the CPU all the time is it known when it ran. Those that are
  // recorded
  // themselves are shown by what is recorded of them.
  private void held(KernelEvent event) throws IOException {
    int culprit = (int) event.number(EventFields.CULPRIT_TID);
    boolean throughout =
        event.number(EventFields.TASKS_BETWEEN) <= 1
            && event.number(EventFields.CULPRIT_HELD) >= event.duration()
            && event.number(EventFields.ACCOUNTED) >= event.duration();
    if (throughout
        && culprit > 0
        && event.duration() > 0
        && !tasks.isRecorded(culprit)
        && evidence.isCaptured(event.cpu())) {
      long begin = event.start() - offset;
      points.add(
          new SchedPoint(
              begin,
              begin + event.duration(),
              event.cpu(),
              SchedPoint.Kind.RAN,
              culprit,
              (int) event.thread().osTid(),
              TaskState.NOT_RECORDED));
    }
  }
}
