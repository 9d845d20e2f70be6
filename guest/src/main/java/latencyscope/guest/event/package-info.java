/** The event types of the schema in the flight recorder: fields, thresholds and clock. */
package latencyscope.guest.event;
