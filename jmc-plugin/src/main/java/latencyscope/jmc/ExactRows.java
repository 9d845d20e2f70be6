package latencyscope.jmc;

import java.util.ArrayList;
import java.util.List;
import latencyscope.analysis.ModuleReport;
import latencyscope.analysis.Table;
import latencyscope.analysis.number.Numbers;

/** The tables of the command line's report as sentences, of which a rule's text is made. */
final class ExactRows {
  private ExactRows() {}

  /** A sentence for each row of each table. */
  static List<String> of(ModuleReport report) {
    List<String> rows = new ArrayList<>();
    for (Table table : report.tables()) {
      for (List<Object> cells : table.rows()) {
        rows.add("\n" + table.title() + ": " + row(table.columns(), cells) + ".");
      }
      if (table.left() > 0) {
        rows.add("\n" + table.title() + ": " + table.left() + " more.");
      }
    }
    return rows;
  }

  private static String row(List<String> columns, List<Object> cells) {
    StringBuilder text = new StringBuilder(Numbers.cell(cells.get(0)));
    String before = " – ";
    for (int i = 1; i < cells.size(); i++) {
      if (cells.get(i) != null) {
        text.append(before).append(columns.get(i)).append(' ').append(Numbers.cell(cells.get(i)));
        before = ", ";
      }
    }
    return text.toString();
  }
}
