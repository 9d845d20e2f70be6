/** One capture: opens a channel, has it drained, reports what was captured. */
package latencyscope.guest.capture;
