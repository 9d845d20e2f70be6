/** Exact counts and distributions that the kernel programs keep per thread and subject. */
package latencyscope.agent.account;
