/** What the agent writes down so that the absence of an event can be judged. */
package latencyscope.guest.evidence;
