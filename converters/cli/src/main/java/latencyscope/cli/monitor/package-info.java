/** The live view: its screen and its keys. */
package latencyscope.cli.monitor;
