/** Occurrences, added up by key. */
package latencyscope.analysis.tally;
