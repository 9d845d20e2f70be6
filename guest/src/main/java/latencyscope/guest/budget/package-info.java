/** Keeps the drain thread within its share of a CPU. */
package latencyscope.guest.budget;
