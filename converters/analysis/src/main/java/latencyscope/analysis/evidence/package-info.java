/**
 * What a recording must hold before a verdict or a value may be given: silence is no health where
 * nobody listened.
 */
package latencyscope.analysis.evidence;
