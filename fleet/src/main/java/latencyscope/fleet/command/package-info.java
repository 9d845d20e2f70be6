/** The commands that read many recordings. */
package latencyscope.fleet.command;
