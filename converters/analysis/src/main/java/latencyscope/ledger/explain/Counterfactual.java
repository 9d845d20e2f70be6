package latencyscope.ledger.explain;

import latencyscope.ledger.Cause;

/**
 * How long the windows of an event type would have been without one cause: its time taken out of
 * each, and nothing else changed.
 *
 * @param cause the cause
 * @param culprit who or what; null if nobody in particular
 * @param cpu CPU on which all of it happened; -1 if it was several
 * @param total its time in all windows, nanoseconds
 * @param windows in how many windows
 * @param without lengths of all windows without it, ascending, nanoseconds
 */
public record Counterfactual(
    Cause cause, String culprit, int cpu, long total, int windows, Sorted without) {}
