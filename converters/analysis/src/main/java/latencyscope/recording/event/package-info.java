/** Events as readers see them, and the distributions that the kernel counted. */
package latencyscope.recording.event;
