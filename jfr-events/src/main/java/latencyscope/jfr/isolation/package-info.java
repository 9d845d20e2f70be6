/** Events: waits for a CPU, and who ran instead. */
package latencyscope.jfr.isolation;
