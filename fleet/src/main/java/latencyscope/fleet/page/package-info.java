/** Shows what there is to say about a fleet: as text, and as a page. */
package latencyscope.fleet.page;
