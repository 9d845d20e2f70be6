/** Perfetto's native trace format. */
package latencyscope.perfetto;
