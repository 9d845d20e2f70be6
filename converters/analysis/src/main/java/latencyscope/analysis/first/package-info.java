/** What to look at first, in sentences. */
package latencyscope.analysis.first;
