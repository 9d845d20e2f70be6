/** Compares two reports: what got worse, and how sure that is. */
package latencyscope.diff;
