/** Pushes what was counted to a receiver of OpenTelemetry's protocol: nothing listens here. */
package latencyscope.fleet.metrics;
