/** How much of their time the threads that matter lost, and to what. */
package latencyscope.ledger.lost;
