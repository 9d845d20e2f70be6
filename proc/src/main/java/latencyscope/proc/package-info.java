/**
 * Reads the kernel's files. Names in them are bytes that anybody may choose, so each reader here
 * gives an answer for any content.
 *
 * <p>A separate module, below all others and without any dependency: the agent, the kernel side and
 * the command line all read {@code /proc}, and the agent must not see the converters.
 */
package latencyscope.proc;
