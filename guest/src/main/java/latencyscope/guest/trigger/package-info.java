/** Dumps a recording when a condition is met. */
package latencyscope.guest.trigger;
