/** Kernel modules (isolation, irq, memory, syscall, network): their sizes, loading and reading. */
package latencyscope.agent.module;
