/** Facts about the capture, its host and its target. */
package latencyscope.recording.fact;
