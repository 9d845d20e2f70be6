/**
 * What event types mean, written once: annotations on the event classes, and the tables that the
 * build generates from them ({@code EventTypes}, {@code EventFields}). Nothing else names an event
 * type or a field as a string.
 */
package latencyscope.jfr.schema;
