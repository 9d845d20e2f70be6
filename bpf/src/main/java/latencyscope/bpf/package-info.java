/**
 * BPF programs from Java: compiled objects, libbpf through the foreign function interface, and the
 * memory that the kernel shares.
 *
 * <p>Three stages, each with less that can still go wrong. A {@link
 * latencyscope.bpf.btf.ObjectFile} is what the compiler left: bytes and their BTF, no kernel
 * needed. A {@link latencyscope.bpf.libbpf.KernelObject} is that with its constants and sizes
 * chosen. A {@link latencyscope.bpf.libbpf.LoadedObject} is in the kernel, and what it attaches it
 * also detaches.
 *
 * <p>libbpf does what happens rarely: load, attach, map look-ups. What happens often, a record or a
 * counter, is a plain read of mapped memory: no call, no upcall, nothing allocated.
 *
 * <p>What the host may lack (library, capability, kernel feature) is a {@link
 * latencyscope.bpf.error.BpfException}; a name that an object does not have is a mistake of the
 * caller and an {@link java.lang.IllegalArgumentException} that lists the names there are.
 *
 * <p>The packages build on each other in one direction: {@code error} below {@code btf}, {@code
 * ffm} and {@code ring}, those below {@code kernel}, and {@code libbpf} above all.
 *
 * <p>The module loads no class outside the JDK: it runs in the process that it observes.
 */
package latencyscope.bpf;
