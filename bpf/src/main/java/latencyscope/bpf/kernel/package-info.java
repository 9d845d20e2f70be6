/** Questions to the running kernel: version, types, tracepoints, CPUs, NUMA nodes, threads. */
package latencyscope.bpf.kernel;
