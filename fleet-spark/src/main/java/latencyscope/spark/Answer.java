package latencyscope.spark;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Writes the rows of an answer as {@code latencyscope query --format csv} does. */
final class Answer {
  private Answer() {}

  static void write(Dataset<Row> result, PrintStream out) {
    out.print(line(Arrays.asList(result.columns())));
    for (Row row : result.collectAsList()) {
      List<String> cells = new ArrayList<>();
      for (int i = 0; i < row.length(); i++) {
        cells.add(row.isNullAt(i) ? "" : row.get(i).toString());
      }
      out.print(line(cells));
    }
  }

  private static String line(List<String> cells) {
    return cells.stream()
        .map(cell ->
            cell.matches("(?s).*[\",\r\n].*") ? '"' + cell.replace("\"", "\"\"") + '"' : cell)
        .collect(Collectors.joining(",", "", "\r\n"));
  }
}
