/** What latency costs in money, for those who said how much a microsecond is worth. */
package latencyscope.alpha;
