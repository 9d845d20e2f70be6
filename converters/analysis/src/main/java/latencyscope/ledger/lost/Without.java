package latencyscope.ledger.lost;

import latencyscope.ledger.explain.Sorted;

/**
 * What would remain without some causes: their time taken out, and nothing else changed. Times are
 * nanoseconds.
 *
 * @param event full name of the type of the program's operations; null if it records none
 * @param with lengths of the operations as they were, ascending; empty without operations
 * @param without their lengths without the causes, ascending
 * @param lost what the threads that matter lost
 * @param remaining what they would have lost
 */
public record Without(String event, Sorted with, Sorted without, long lost, long remaining) {}
