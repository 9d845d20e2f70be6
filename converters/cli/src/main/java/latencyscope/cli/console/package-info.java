/** Console, machine and user errors of all commands. */
package latencyscope.cli.console;
