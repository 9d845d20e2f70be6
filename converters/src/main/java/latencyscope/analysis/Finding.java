package latencyscope.analysis;

import java.util.Comparator;
import latencyscope.recording.ThreadId;

/**
 * One cause of latency for one thread, everything that it did added up.
 *
 * @param module module that found it
 * @param severity how bad it is
 * @param title what happened, in a few words
 * @param thread the thread that it happened to; null if it is not a thread's
 * @param culprit who did it, with its ids; null if nobody in particular
 * @param count how often
 * @param totalNs time that it cost in all, nanoseconds; null if that was not measured
 * @param worstNs the most that it cost at once, nanoseconds; null if that was not measured
 * @param at when the worst began, nanoseconds since the epoch; null if not known
 * @param evidence what this rests on, in words
 * @param remedy what to do on this host, one sentence or command to a line, commands indented by
 *     two spaces; null if nothing is known
 */
public record Finding(
    String module,
    Severity severity,
    String title,
    ThreadId thread,
    String culprit,
    long count,
    Long totalNs,
    Long worstNs,
    Long at,
    String evidence,
    String remedy) {
  /** The worst first; application threads before the JVM's own, then what cost most in all. */
  static final Comparator<Finding> COSTLIEST_FIRST =
      Comparator.comparing(Finding::severity)
          .reversed()
          .thenComparing(finding -> ServiceThreads.contains(finding.thread().name()))
          .thenComparing(
              Comparator.comparingLong((Finding f) -> f.totalNs() == null ? 0 : f.totalNs())
                  .reversed())
          .thenComparing(finding -> finding.thread().osTid());
}
