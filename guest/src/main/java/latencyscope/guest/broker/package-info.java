/** The channel to a host in another process: a broker, which has the privileges. */
package latencyscope.guest.broker;
