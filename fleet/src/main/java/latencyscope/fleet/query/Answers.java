package latencyscope.fleet.query;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import latencyscope.fleet.duckdb.Database;
import latencyscope.fleet.duckdb.TableFolder;
import latencyscope.fleet.table.Tables;

/**
 * Answers queries on a folder of tables. A query can read the folder and nothing else: no other
 * file, no network, and it can write nothing. Used by one thread.
 */
public final class Answers implements AutoCloseable {
  private static final int MEGABYTES = 1024;
  private static final int SPILL_GIGABYTES = 8;

  private final Path spill;
  private final Database database;

  /**
   * Opens a folder.
   *
   * @throws IOException if it holds no tables
   */
  public Answers(Path folder) throws IOException, SQLException {
    TableFolder tables = new TableFolder(folder);
    if (!tables.hasCaptures()) {
      throw new IOException(
          folder + " holds no tables; latencyscope export FILE.jfr -o " + folder + " makes some");
    }
    spill = Files.createTempDirectory("latencyscope-");
    database = Database.open(MEGABYTES, Runtime.getRuntime().availableProcessors(), spill);
    database.execute("SET max_temp_directory_size = '" + SPILL_GIGABYTES + "GB'");
    tables.addViews(database, Tables.ALL);
    database.readOnly(folder);
  }

  /** The database, with the tables as views. */
  public Database database() {
    return database;
  }

  /**
   * Answers a query.
   *
   * @param mostRows how many rows of the answer are written at most
   * @return whether there are more
   * @throws SQLException if it is none, or more than one, or has an error
   */
  public boolean answer(String sql, ResultFormat format, long mostRows, PrintStream out)
      throws SQLException, IOException {
    refuseOthers(sql);
    try {
      return database.query(
          sql,
          rows -> {
            try {
              return format.write(rows, mostRows, out);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  // DuckDB serializes what only reads. Others would write into the folder before they fail.
  private void refuseOthers(String sql) throws SQLException {
    String tree =
        database.query(
            "SELECT CAST(json_serialize_sql(" + Database.quoted(sql) + ") AS VARCHAR)",
            rows -> rows.next() ? rows.getString(1) : "");
    try {
      JsonNode parsed = new ObjectMapper().readTree(tree);
      if (parsed.path("error").asBoolean()) {
        String message = parsed.path("error_message").asText();
        throw new SQLException(
            message.startsWith("Only SELECT") ? "a query is one SELECT, which reads" : message);
      }
      if (parsed.path("statements").size() != 1) {
        throw new SQLException("a query is one SELECT, and not several");
      }
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("DuckDB writes JSON", e);
    }
  }

  @Override
  public void close() throws SQLException, IOException {
    database.close();
    Files.deleteIfExists(spill);
  }
}
