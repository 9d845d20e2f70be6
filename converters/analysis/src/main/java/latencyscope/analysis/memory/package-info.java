/** Verdicts on page faults, memory stalls and TLB shootdowns. */
package latencyscope.analysis.memory;
