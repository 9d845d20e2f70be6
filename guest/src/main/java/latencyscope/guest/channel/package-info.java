/** What joins a capture in the engine's JVM with a host, which knows the kernel. */
package latencyscope.guest.channel;
