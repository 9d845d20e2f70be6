/** Events: packets, sockets and drops. */
package latencyscope.jfr.network;
