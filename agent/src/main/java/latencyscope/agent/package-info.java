/**
 * The agent: turns what the kernel programs of {@code latencyscope.bpf} record into JFR events.
 *
 * <p>The packages build on each other in one direction: {@code guest} on {@code capture}, that on
 * {@code module}, and that on the others. {@code guest} knows the engine's JVM; {@code module} and
 * {@code capture} know BPF. {@code entry} holds what an old JVM can still load.
 */
package latencyscope.agent;
