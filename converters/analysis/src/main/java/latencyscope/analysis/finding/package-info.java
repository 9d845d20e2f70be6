/**
 * What a report says of one cause of latency, in parts: who did it, what it cost and what to do.
 * Every output renders these parts; none reads what another has rendered.
 */
package latencyscope.analysis.finding;
