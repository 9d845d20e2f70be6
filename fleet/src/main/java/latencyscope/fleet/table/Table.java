package latencyscope.fleet.table;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A table.
 *
 * @param name its name
 * @param meaning what a row is, as a sentence for docs/tables.md
 * @param columns in their order, without those that the path has: see {@link Tables#PATH}
 */
public record Table(String name, String meaning, List<Column> columns) {
  /** Copies the list. */
  public Table {
    columns = List.copyOf(columns);
  }

  /** Name of the file that holds a capture's rows. */
  public String file() {
    return name + ".parquet";
  }

  /** The statement that creates it, in the place of one with other rows. */
  public String ddl() {
    return columns.stream()
        .map(column -> column.name() + " " + column.type())
        .collect(Collectors.joining(", ", "CREATE OR REPLACE TABLE " + name + " (", ")"));
  }

  /** The columns as a select list that gives them without a row: what an empty folder has. */
  public String nothing() {
    return columns.stream()
        .map(column -> "CAST(NULL AS " + column.type() + ") AS " + column.name())
        .collect(Collectors.joining(", "));
  }
}
