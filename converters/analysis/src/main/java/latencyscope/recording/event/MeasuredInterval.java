package latencyscope.recording.event;

import latencyscope.recording.thread.ThreadId;

/**
 * Distribution of one measure over one interval: every occurrence, as the kernel counted it.
 *
 * @param module module that measured, such as {@code isolation}
 * @param measure what was measured, such as {@code runqueue_wakeup}
 * @param thread whose it is; null if it is not a thread's
 * @param subject whose it is; null if it is a thread's
 * @param start begin of the interval, nanoseconds since the epoch
 * @param duration its length, nanoseconds
 * @param distribution the values, nanoseconds
 */
public record MeasuredInterval(
    String module,
    String measure,
    ThreadId thread,
    Subject subject,
    long start,
    long duration,
    Distribution distribution) {}
