/**
 * What tables there are, with the unit and meaning of each column: docs/tables.md is made of it.
 */
package latencyscope.fleet.table;
