/** Opens DuckDB as the tables need it: within bounded memory, and without the network. */
package latencyscope.fleet.duckdb;
