/** Where a JVM enters the agent, and what it must have for it. */
package latencyscope.guest.entry;
