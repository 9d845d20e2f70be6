/** Compiled BPF objects as files: ELF, BTF, structs and variables. Needs no kernel. */
package latencyscope.bpf.btf;
