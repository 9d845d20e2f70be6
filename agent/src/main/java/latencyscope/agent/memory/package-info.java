/** The memory of the target: regions, sizes, NUMA nodes. */
package latencyscope.agent.memory;
