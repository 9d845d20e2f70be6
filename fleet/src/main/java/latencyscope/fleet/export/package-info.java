/** From a recording to rows of the tables, and to a folder that is there whole or not at all. */
package latencyscope.fleet.export;
