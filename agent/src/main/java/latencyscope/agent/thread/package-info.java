/** The threads of the target and their names. */
package latencyscope.agent.thread;
