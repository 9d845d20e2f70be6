/**
 * What lives in the engine's JVM, compiled for Java 17 and without native calls: follows the
 * recordings, names threads, commits events.
 *
 * <p>The packages build on each other in one direction: {@code entry} on {@code recording}, that on
 * {@code capture}, that on {@code channel} and {@code accounts}, and those on the others.
 */
package latencyscope.guest;
