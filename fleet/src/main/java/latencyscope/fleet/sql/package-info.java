/** The questions that are asked of the tables: a file of SQL each, that DuckDB and Spark share. */
package latencyscope.fleet.sql;
