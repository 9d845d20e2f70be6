/** What the events about a capture add up to: one class for each kind of event. */
package latencyscope.recording.collect;
