/**
 * The host in the engine's own JVM: loads the kernel programs of {@code latencyscope.bpf}, and
 * turns what they record into JFR events.
 *
 * <p>The guest finds it as {@code module.KernelHost} and knows it by the interfaces in {@code
 * latencyscope.guest.channel} alone. The packages build on each other in one direction: {@code
 * module} on the others.
 */
package latencyscope.agent;
