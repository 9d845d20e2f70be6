/** What the capture says of itself: losses, probes, and what it cost the target. */
package latencyscope.analysis.capture;
