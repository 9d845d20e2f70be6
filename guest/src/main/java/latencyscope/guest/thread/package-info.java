/** The threads of the target and their names. */
package latencyscope.guest.thread;
