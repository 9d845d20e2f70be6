/**
 * Where the time of a window on a thread went: interval algebra over what the kernel and the JVM
 * recorded. The precedence of causes and its assumptions are written in {@code docs/ledger.md}.
 */
package latencyscope.ledger;
