/** What the target's threads lost, added up while a recording is read. */
package latencyscope.analysis.cost;
