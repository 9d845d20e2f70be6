/** Events: interrupts and softirqs. */
package latencyscope.jfr.irq;
