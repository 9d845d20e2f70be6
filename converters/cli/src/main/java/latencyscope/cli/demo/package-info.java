/** The demo engine as a process, and what it says of its orders. */
package latencyscope.cli.demo;
