/** Safepoints and pauses of the JVM, and the threads that carry them out. */
package latencyscope.ledger.safepoint;
