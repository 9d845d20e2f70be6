package latencyscope.ledger;

import java.util.Comparator;
import latencyscope.analysis.finding.Named;
import latencyscope.analysis.finding.Task;
import latencyscope.recording.event.CodeStack;

/**
 * A stretch of a thread's time of which something is known.
 *
 * @param cause why it passed; null if this is only where the thread was meanwhile, by the JVM's
 *     account, which names what a thread blocks in and explains nothing by itself
 * @param start begin, nanoseconds since the epoch
 * @param end end, nanoseconds since the epoch
 * @param culprit who or what did it; null if nobody is known
 * @param detail more about it, as the end of a sentence; null if there is no more
 * @param cpu CPU on which it happened; -1 if that is not known
 * @param rank of two spans with the same cause the one that knows more is taken: the higher one
 * @param task the task that the culprit is; null if it is none, or not known
 * @param stack where in the program the thread was
 */
public record Span(
    Cause cause,
    long start,
    long end,
    String culprit,
    String detail,
    int cpu,
    int rank,
    Task task,
    CodeStack stack) {
  /**
   * Which of two that hold at one moment is charged: the smaller. Total up to equality, so that the
   * order in which events were read does not matter.
   */
  static final Comparator<Span> PRECEDENCE =
      Comparator.comparing(Span::cause)
          .thenComparing(Comparator.comparingInt(Span::rank).reversed())
          .thenComparing(Comparator.comparingLong(Span::start).reversed())
          .thenComparingLong(Span::end)
          .thenComparing(Span::culprit, Comparator.nullsLast(Comparator.naturalOrder()))
          .thenComparing(Span::detail, Comparator.nullsLast(Comparator.naturalOrder()))
          .thenComparingInt(Span::cpu)
          .thenComparingLong(span -> span.task == null ? 0 : span.task.tid());

  /** Which of two contexts is the inner one: the smaller. */
  static final Comparator<Span> INNERMOST =
      Comparator.comparingLong(Span::start)
          .reversed()
          .thenComparingLong(Span::end)
          .thenComparing(Span::culprit, Comparator.nullsLast(Comparator.naturalOrder()));

  /** One whose culprit is no task. */
  Span(Cause cause, long start, long end, String culprit, String detail, int cpu, int rank) {
    this(cause, start, end, culprit, detail, cpu, rank, null, CodeStack.NONE);
  }

  /** The same, at a place in the program. */
  Span at(CodeStack place) {
    return new Span(cause, start, end, culprit, detail, cpu, rank, task, place);
  }

  /** A wait for a CPU on which another task ran; null for the task if it is not known which. */
  static Span behind(Named culprit, long start, long end, String detail, int cpu, int rank) {
    return culprit == null
        ? new Span(Cause.RUNNABLE, start, end, null, detail, cpu, rank)
        : new Span(
            Cause.RUNNABLE,
            start,
            end,
            culprit.name(),
            detail,
            cpu,
            rank,
            culprit.task(),
            CodeStack.NONE);
  }

  public static Span of(Cause cause, long start, long end, String culprit, String detail, int cpu) {
    return new Span(cause, start, end, culprit, detail, cpu, 0);
  }

  /** Only what of it lies within a time; it may be empty then. */
  public Span cut(long from, long to) {
    return new Span(
        cause, Math.max(start, from), Math.min(end, to), culprit, detail, cpu, rank, task, stack);
  }

  /** What the JVM says that the thread did meanwhile. */
  static Span java(long start, long end, String what, CodeStack stack) {
    return new Span(null, start, end, what, null, -1, 0).at(stack);
  }
}
