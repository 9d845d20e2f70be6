/** Verdicts on packets, sockets and drops of the target. */
package latencyscope.analysis.network;
