/** Verdicts on threads that had to wait for a CPU, and on who ran instead of them. */
package latencyscope.analysis.isolation;
