/**
 * Reaches a JVM from outside, without an agent in it: its diagnostic commands and its own flight
 * recorder, through the attach mechanism that every HotSpot JVM has.
 */
package latencyscope.attach;
