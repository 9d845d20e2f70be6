/** Verdicts on the JVM itself: pauses, safepoints and its service threads. */
package latencyscope.analysis.jvm;
