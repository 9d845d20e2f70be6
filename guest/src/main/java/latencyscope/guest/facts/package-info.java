/** Facts and counters of the machine that events of a capture are judged by. */
package latencyscope.guest.facts;
