/**
 * The isolation contract: what threads and the host of a latency-critical process may suffer, as a
 * file declares it.
 */
package latencyscope.contract;
