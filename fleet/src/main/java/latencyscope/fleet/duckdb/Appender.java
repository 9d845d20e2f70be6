package latencyscope.fleet.duckdb;

import java.sql.SQLException;
import org.duckdb.DuckDBAppender;

/** Fills a table, row by row. Used by one thread at a time. */
public final class Appender implements AutoCloseable {
  private final DuckDBAppender appender;

  Appender(DuckDBAppender appender) throws SQLException {
    this.appender = appender;
    // The parser of recordings hands out events on a thread of its own, one after the other.
    appender.unsafeBreakThreadConfinement();
  }

  /**
   * Adds a row.
   *
   * @param values in the order of the columns: {@link Number}, {@link String}, {@link Boolean} or
   *     null
   */
  public void add(Object... values) throws SQLException {
    appender.beginRow();
    for (Object value : values) {
      if (value == null) {
        appender.appendNull();
      } else if (value instanceof String text) {
        appender.append(text);
      } else if (value instanceof Boolean flag) {
        appender.append(flag.booleanValue());
      } else {
        appender.append(((Number) value).longValue());
      }
    }
    appender.endRow();
  }

  /** Adds a row that begins with the values of another one. */
  public void add(Object[] first, Object... values) throws SQLException {
    Object[] all = new Object[first.length + values.length];
    System.arraycopy(first, 0, all, 0, first.length);
    System.arraycopy(values, 0, all, first.length, values.length);
    add(all);
  }

  @Override
  public void close() throws SQLException {
    appender.close();
  }
}
