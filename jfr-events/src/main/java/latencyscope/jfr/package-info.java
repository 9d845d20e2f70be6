/**
 * The schema: every {@code latencyscope.*} flight-recorder event, its fields, units and defaults.
 *
 * <p>This is what the kernel side writes and every reader reads; nothing here knows of BPF or of
 * files. Types that one kernel record fills extend {@link latencyscope.jfr.KernelEvent}; their
 * fields carry the names of the C structure's members, which is how the decoder binds them.
 */
package latencyscope.jfr;
