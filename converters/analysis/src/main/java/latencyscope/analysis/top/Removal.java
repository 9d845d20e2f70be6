package latencyscope.analysis.top;

import java.util.List;
import latencyscope.analysis.finding.Finding;
import latencyscope.analysis.finding.InterruptSource;
import latencyscope.analysis.finding.Interrupter;
import latencyscope.analysis.finding.Task;
import latencyscope.ledger.Cause;
import latencyscope.ledger.Segment;
import latencyscope.ledger.SpanReader;
import latencyscope.ledger.lost.LostTime;
import latencyscope.recording.thread.ThreadId;

/** Which stretches of the threads' time would not have been without some causes. Immutable. */
final class Removal {
  private final List<Finding> findings;
  private final LostTime lost;
  private final long target;

  Removal(List<TopCause> causes, LostTime lost, long target) {
    findings = causes.stream().flatMap(cause -> cause.findings().stream()).toList();
    this.lost = lost;
    this.target = target;
  }

  /** Whether one of the causes made this stretch of a thread's time. */
  boolean removes(ThreadId thread, Segment segment) {
    return findings.stream().anyMatch(finding -> isBy(finding, thread, segment));
  }

  private boolean isBy(Finding finding, ThreadId thread, Segment segment) {
    return isOf(finding, thread)
        && switch (finding.kind()) {
          case CPU_WAIT ->
              segment.cause() == Cause.RUNNABLE && isBehind(finding.culpritTask(), segment)
                  || segment.cause() == Cause.THROTTLED && Task.QUOTA.equals(finding.culprit());
          case INTERRUPT ->
              finding.culprit() instanceof Interrupter by && isFrom(by.source(), segment);
          case MAJOR_FAULT ->
              segment.cause() == Cause.PAGE_FAULT && SpanReader.isMajor(segment.span());
          case MINOR_FAULT ->
              segment.cause() == Cause.PAGE_FAULT && !SpanReader.isMajor(segment.span());
          case MEMORY_STALL -> segment.cause() == Cause.MEMORY_STALL;
          case LOCK ->
              segment.cause() == Cause.BLOCKED
                  && finding.culpritTask() != null
                  && finding.culpritTask().name().equals(segment.culprit());
          case SLEEP ->
              segment.cause() == Cause.BLOCKED && SpanReader.isByInterrupt(segment.span());
          case STOP ->
              segment.cause() == Cause.STOPPED
                  && finding.culprit() != null
                  && finding.culprit().describe().equals(lost.stop(segment).words());
          case SHOOTDOWN, CALL, DROP, DELIVERY, PAUSE, OTHER -> false;
        };
  }

  private static boolean isOf(Finding finding, ThreadId thread) {
    return finding.thread() != null
        && finding.thread().osTid() == thread.osTid()
        && finding.thread().name().equals(thread.name());
  }

  private boolean isBehind(Task culprit, Segment segment) {
    if (culprit == null) {
      return SpanReader.isIdle(segment.span());
    }
    Task behind = segment.span().task();
    // Another process is one culprit, whichever of its threads it was.
    boolean isProcess = culprit.pid() == culprit.tid() && culprit.pid() != target;
    return behind != null
        && behind.pid() == culprit.pid()
        && (isProcess || behind.name().equals(culprit.name()));
  }

  private static boolean isFrom(InterruptSource source, Segment segment) {
    return switch (source.kind()) {
      case LINE ->
          segment.cause() == Cause.HARD_IRQ && SpanReader.isOfLine(segment.span(), source.irq());
      case VECTOR -> segment.cause() == Cause.SOFTIRQ && source.name().equals(segment.culprit());
      case LOCAL ->
          segment.cause() == Cause.LOCAL_INTERRUPT && source.name().equals(segment.culprit());
    };
  }
}
