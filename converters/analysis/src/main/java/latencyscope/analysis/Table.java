package latencyscope.analysis;

import java.util.List;

/**
 * Rows that a report shows under a module.
 *
 * @param title what the rows are
 * @param columns heads of the columns; the first one names the row
 * @param rows for each row its cells: {@link String}, {@link Long} for a count, {@link
 *     java.time.Duration} for a time, or null if it was not measured
 * @param left how many rows were left out
 */
public record Table(String title, List<String> columns, List<List<Object>> rows, int left) {}
