/** Finds which hosts got worse, how sure that is, and what they have in common. */
package latencyscope.fleet.compare;
