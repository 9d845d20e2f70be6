/** The bridge from records to JFR event objects: names, fields, texts, thresholds. */
package latencyscope.agent.event;
