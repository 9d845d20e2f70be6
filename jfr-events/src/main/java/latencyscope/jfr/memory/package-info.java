/** Events: page faults, memory stalls and TLB shootdowns. */
package latencyscope.jfr.memory;
