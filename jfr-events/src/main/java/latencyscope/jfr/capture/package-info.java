/** Events: the capture itself: what was captured, counted, lost, and what it cost. */
package latencyscope.jfr.capture;
