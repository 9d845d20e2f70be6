/**
 * What a recording's single events look like on a timeline: the model that traces and the HTML
 * report share.
 */
package latencyscope.timeline;
