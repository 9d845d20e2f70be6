/** What of a host stands against low latency, as text and JSON. */
package latencyscope.audit.output;
