/** Reads a BPF ring buffer from mapped memory. Needs no kernel. */
package latencyscope.bpf.ring;
