/** Captures: in this process, in a target through attach, and of a JVM beside it. */
package latencyscope.cli.capture;
