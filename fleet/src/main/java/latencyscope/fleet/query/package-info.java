/** Answers a query in SQL as text, CSV or JSON. */
package latencyscope.fleet.query;
