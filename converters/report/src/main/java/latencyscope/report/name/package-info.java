/** Names for readers; below both reports and differences, which build on each other otherwise. */
package latencyscope.report.name;
