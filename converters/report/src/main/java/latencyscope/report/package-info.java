/**
 * Output formats: each is a function of {@link latencyscope.analysis.Report} and knows no other.
 */
package latencyscope.report;
