/** The host as a process of its own, which serves guests without privileges. */
package latencyscope.agent.broker;
