/**
 * The command line: a client of the flight recorder that starts a recording, waits, reads and
 * reports.
 */
package latencyscope.cli;
