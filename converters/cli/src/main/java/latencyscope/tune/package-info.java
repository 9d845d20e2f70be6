/**
 * Changes a host for a contract: plans what to write, writes it with a journal, keeps what the
 * contract shows to have helped, and gives everything back.
 */
package latencyscope.tune;
