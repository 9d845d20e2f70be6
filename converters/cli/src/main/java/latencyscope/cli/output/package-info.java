/** Output formats, their options and their files. */
package latencyscope.cli.output;
