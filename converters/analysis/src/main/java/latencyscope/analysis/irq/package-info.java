/** Verdicts on interrupts and softirqs on the CPUs of the target. */
package latencyscope.analysis.irq;
