package latencyscope.report;

import java.util.ArrayList;
import java.util.List;
import latencyscope.analysis.Table;

/**
 * Lays out a table in a number of columns: the first one shrinks, the numbers do not. All times
 * have one unit.
 */
final class Grid {
  private static final String GAP = "  ";
  private static final int MIN_NAME = 8;

  private final List<List<String>> rows = new ArrayList<>();
  private final int[] widths;

  Grid(Table table, int columns) {
    rows.add(table.columns());
    TimeUnits unit = TimeUnits.of(table);
    table.rows().forEach(row -> rows.add(row.stream().map(unit::cell).toList()));
    widths = new int[table.columns().size()];
    int numbers = 0;
    for (int i = 0; i < widths.length; i++) {
      int column = i;
      widths[i] = rows.stream().mapToInt(row -> Columns.width(row.get(column))).max().orElse(0);
      numbers += i == 0 ? 0 : widths[i] + GAP.length();
    }
    widths[0] = Math.max(MIN_NAME, Math.min(widths[0], columns - numbers));
  }

  List<String> lines() {
    return rows.stream().map(this::line).toList();
  }

  private String line(List<String> row) {
    StringBuilder line = new StringBuilder();
    line.append(Columns.padRight(Columns.fit(row.get(0), widths[0]), widths[0]));
    for (int i = 1; i < row.size(); i++) {
      line.append(GAP).append(Columns.padLeft(row.get(i), widths[i]));
    }
    return line.toString();
  }
}
