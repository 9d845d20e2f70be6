/** Why something failed: typed exceptions with the remedy, and the kernel facts that they name. */
package latencyscope.bpf.error;
