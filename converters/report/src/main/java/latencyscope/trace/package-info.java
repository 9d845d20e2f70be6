/**
 * A recording as a trace: tracks, slices on them and who ran on each CPU, written as a stream
 * through {@link latencyscope.trace.TraceOutput} in whichever format.
 */
package latencyscope.trace;
