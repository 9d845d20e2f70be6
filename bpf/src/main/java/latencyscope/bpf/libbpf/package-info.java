/** Loads compiled objects into the kernel, attaches their programs and reads their maps. */
package latencyscope.bpf.libbpf;
