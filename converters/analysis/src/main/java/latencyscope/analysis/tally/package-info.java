/** Occurrences, added up by what tells them apart. */
package latencyscope.analysis.tally;
