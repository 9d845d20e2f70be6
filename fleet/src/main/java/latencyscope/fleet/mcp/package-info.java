/**
 * Answers assistants over standard input and output (Model Context Protocol): only questions, about
 * one folder only, with bounded answers.
 */
package latencyscope.fleet.mcp;
