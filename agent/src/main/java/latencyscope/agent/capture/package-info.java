/** One capture: starts modules, drains their records, reports what was captured. */
package latencyscope.agent.capture;
