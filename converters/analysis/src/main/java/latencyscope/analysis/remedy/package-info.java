/** Remedies against what several modules find: tasks, interrupts, moves between CPUs. */
package latencyscope.analysis.remedy;
