/** Decodes the records that the kernel programs write. */
package latencyscope.agent.record;
