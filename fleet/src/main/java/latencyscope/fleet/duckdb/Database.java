package latencyscope.fleet.duckdb;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBDriver;

/**
 * An embedded database in memory. Its memory is native: it does not count against the heap. What
 * does not fit spills into a folder. Used by one thread.
 */
public final class Database implements AutoCloseable {
  private final DuckDBConnection connection;
  private int mostSeconds;

  private Database(DuckDBConnection connection) {
    this.connection = connection;
  }

  /**
   * Opens one.
   *
   * @param megabytes most native memory that it may use
   * @param threads how many threads it may use
   * @param spill existing folder for what does not fit
   */
  public static Database open(int megabytes, int threads, Path spill) throws SQLException {
    // Not through DriverManager, which does not see drivers of another class loader.
    Connection opened = new DuckDBDriver().connect("jdbc:duckdb:", new Properties());
    Database database = new Database(opened.unwrap(DuckDBConnection.class));
    database.execute("SET memory_limit = '" + megabytes + "MB'");
    database.execute("SET threads = " + threads);
    database.execute("SET temp_directory = " + quoted(spill.toString()));
    // Else a query could have DuckDB fetch code from the network.
    database.execute("SET autoinstall_known_extensions = false");
    database.execute("SET autoload_known_extensions = false");
    database.execute("SET preserve_insertion_order = true");
    return database;
  }

  /**
   * From now on, statements can read below one folder only, and write nowhere.
   *
   * @param folder the folder
   */
  public void readOnly(Path folder) throws SQLException {
    execute("SET allowed_directories = [" + quoted(folder.toAbsolutePath() + "/") + "]");
    execute("SET enable_external_access = false");
    execute("SET lock_configuration = true");
  }

  /** Runs a statement. */
  public void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Takes rows. */
  @FunctionalInterface
  public interface Rows<T> {
    /** Takes all rows of a result. */
    T of(ResultSet rows) throws SQLException;
  }

  /** From now on, a query that takes longer is ended with an exception. */
  public void limitTime(int seconds) {
    mostSeconds = seconds;
  }

  /** Runs a query. */
  public <T> T query(String sql, Rows<T> rows) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(mostSeconds);
      try (ResultSet result = statement.executeQuery(sql)) {
        return rows.of(result);
      }
    }
  }

  /** Opens an appender for a table, the fastest way to fill it. */
  public Appender appender(String table) throws SQLException {
    return new Appender(connection.createAppender(DuckDBConnection.DEFAULT_SCHEMA, table));
  }

  /** A text as a literal. */
  public static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
