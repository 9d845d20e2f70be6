/** What each safepoint and pause consisted of. */
package latencyscope.ledger.autopsy;
