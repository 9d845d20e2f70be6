package latencyscope.fleet.sql;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A question to the tables: a file of SQL beside this class, whose first line asks it. */
public enum Question {
  /** Which captures there are. */
  CAPTURES,
  /** The culprits that cost the fleet most. */
  CULPRITS,
  /** Counts by host and day. */
  DAILY_COUNTERS,
  /** Culprits by host and day. */
  DAILY_CULPRITS,
  /** Distributions by host and day. */
  DAILY_DISTRIBUTIONS,
  /** Settings by host and day. */
  DAILY_FACTS,
  /** The slowest operations. */
  SLOWEST;

  /** Its file's name. */
  public String file() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-') + ".sql";
  }

  /** The SQL, without what DuckDB and Spark do not both understand. */
  public String sql() {
    try (InputStream in = Question.class.getResourceAsStream(file())) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
