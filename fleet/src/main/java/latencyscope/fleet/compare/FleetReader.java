package latencyscope.fleet.compare;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import latencyscope.fleet.duckdb.Database;
import latencyscope.fleet.sql.Question;
import latencyscope.recording.event.Distribution;

/** Asks the tables what a comparison needs to know. */
public final class FleetReader {
  private static final double NS_PER_SECOND = 1e9;

  /** Of fewer, the logarithm of a count is not normal. */
  private static final double LEAST_PER_DAY = 10;

  private final Database database;
  private final Map<Key, Days> series = new LinkedHashMap<>();

  private record Key(String host, Measure measure) {}

  private static final class Days {
    final List<String> days = new ArrayList<>();
    final List<Double> values = new ArrayList<>();
    double occurrences;

    void add(String day, double value, double count) {
      days.add(day);
      values.add(value);
      occurrences += count;
    }
  }

  private FleetReader(Database database) {
    this.database = database;
  }

  /**
   * Asks.
   *
   * @param database one that has the tables as views
   */
  public static FleetData read(Database database) throws SQLException {
    return new FleetReader(database).read();
  }

  private interface Row<T> {
    T of(ResultSet row) throws SQLException;
  }

  private <T> List<T> all(Question question, Row<T> row) throws SQLException {
    return database.query(
        question.sql(),
        rows -> {
          List<T> all = new ArrayList<>();
          while (rows.next()) {
            all.add(row.of(rows));
          }
          return all;
        });
  }

  private FleetData read() throws SQLException {
    all(Question.DAILY_DISTRIBUTIONS, this::distribution);
    all(Question.DAILY_COUNTERS, this::counter);
    List<Series> enough = new ArrayList<>();
    series.forEach((key, of) -> {
      if (of.occurrences >= LEAST_PER_DAY * of.days.size()) {
        double[] values = of.values.stream().mapToDouble(Double::doubleValue).toArray();
        enough.add(new Series(key.host(), key.measure(), of.days, values));
      }
    });
    return new FleetData(
        enough,
        all(
            Question.DAILY_CULPRITS,
            row ->
                new FleetData.CulpritDay(
                    row.getString("host"),
                    row.getString("day"),
                    row.getString("module"),
                    row.getString("kind"),
                    row.getString("culprit_group"),
                    row.getLong("total_ns"))),
        all(
            Question.DAILY_FACTS,
            row ->
                new FleetData.FactDay(
                    row.getString("host"),
                    row.getString("day"),
                    row.getString("name"),
                    row.getString("value"))),
        all(
            Question.CAPTURES,
            row ->
                new FleetData.Capture(
                    row.getString("host"),
                    row.getString("day"),
                    row.getString("capture"),
                    row.getString("file"),
                    row.getLong("duration_ns"),
                    row.getLong("exit_code"),
                    row.getLong("records_lost"))),
        all(
            Question.CULPRITS,
            row ->
                new FleetData.TopCulprit(
                    row.getString("module"),
                    row.getString("kind"),
                    row.getString("culprit_group"),
                    row.getLong("lost_ns"),
                    row.getLong("total_ns"),
                    row.getLong("hosts"),
                    row.getString("worst_title"),
                    row.getString("worst_host"),
                    row.getString("worst_remedy"))));
  }

  private void add(ResultSet row, Measure.Statistic statistic, double value, double count)
      throws SQLException {
    Measure measure = new Measure(row.getString("module"), row.getString("measure"), statistic);
    series
        .computeIfAbsent(new Key(row.getString("host"), measure), key -> new Days())
        .add(row.getString("day"), value, count);
  }

  private Void distribution(ResultSet row) throws SQLException {
    double captured = row.getLong("captured_ns");
    double occurrences = row.getLong("occurrences");
    if (captured > 0) {
      rate(row, occurrences, captured);
    }
    // As in a report: of fewer occurrences there is no such percentile.
    if (row.getLong("binned") >= Distribution.needed(99)) {
      add(row, Measure.Statistic.P99, Math.max(1, row.getLong("p99_ns")), occurrences);
    }
    return null;
  }

  private Void counter(ResultSet row) throws SQLException {
    double captured = row.getLong("captured_ns");
    double total = row.getLong("total");
    if (captured <= 0) {
      return null;
    }
    if (row.getString("measure").endsWith("_ns")) {
      // Of a microsecond and less nobody speaks.
      add(row, Measure.Statistic.SHARE, Math.max(1_000, total) / captured, LEAST_PER_DAY);
    } else {
      rate(row, total, captured);
    }
    return null;
  }

  // Half an occurrence, so that a day without any has a logarithm.
  private void rate(ResultSet row, double count, double captured) throws SQLException {
    add(row, Measure.Statistic.RATE, (count + 0.5) / (captured / NS_PER_SECOND), count);
  }
}
