package latencyscope.analysis.remedy;

import latencyscope.analysis.finding.InterruptSource;
import latencyscope.analysis.tally.Timed;
import latencyscope.jfr.schema.EventFields;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.thread.ThreadId;

/**
 * An interrupt that hit a thread of the target, or a monitored CPU.
 *
 * @param thread whom it hit; its id is 0 if it was none of the target's
 * @param start begin, nanoseconds since the epoch
 * @param duration from begin to end, nanoseconds
 * @param net without what other interrupts took meanwhile, nanoseconds
 * @param cpu where
 * @param source what interrupted
 * @param function kernel function that ran longest in it; null if not known
 * @param functionTime how long that ran, nanoseconds
 * @param context of a softirq, on whose behalf it ran; null if it is none
 * @param interrupted kernel name of the task that was interrupted; null if the CPU was idle
 */
public record Interrupt(
    ThreadId thread,
    long start,
    long duration,
    long net,
    int cpu,
    InterruptSource source,
    String function,
    long functionTime,
    String context,
    String interrupted)
    implements Timed {
  public static Interrupt of(KernelEvent event) {
    return new Interrupt(
        event.thread(),
        event.start(),
        event.duration(),
        event.number(EventFields.NET),
        event.cpu(),
        InterruptSource.of(event),
        event.text(EventFields.FUNCTION),
        event.number(EventFields.FUNCTION_TIME),
        event.text(EventFields.CONTEXT),
        event.text(EventFields.INTERRUPTED));
  }

  /** Whether it took time from a thread of the target that had not asked for it. */
  public boolean steals() {
    return thread.osTid() != 0 && !"own-call".equals(context);
  }
}
