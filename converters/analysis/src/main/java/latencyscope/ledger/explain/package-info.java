/** Explains slow operations: where their time went, cause by cause. */
package latencyscope.ledger.explain;
