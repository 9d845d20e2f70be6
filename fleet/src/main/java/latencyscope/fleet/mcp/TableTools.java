package latencyscope.fleet.mcp;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import latencyscope.fleet.compare.FleetReader;
import latencyscope.fleet.compare.FleetReport;
import latencyscope.fleet.page.FleetText;
import latencyscope.fleet.query.Answers;
import latencyscope.fleet.query.ResultFormat;
import latencyscope.fleet.table.Column;
import latencyscope.fleet.table.Table;
import latencyscope.fleet.table.Tables;

/** Answers from the tables that export wrote. */
final class TableTools {
  private static final int WIDTH = 120;
  private static final int MOST_SECONDS = 60;
  private static final int USUAL_ROWS = 100;
  private static final int MOST_ROWS = 1_000;

  private static final Parameter FOLDER =
      Parameter.text("folder", "Folder of the tables, relative to the folder; itself if left out");

  private final ReadableFolder folder;

  TableTools(ReadableFolder folder) {
    this.folder = folder;
  }

  List<Tool> all() {
    return List.of(
        new Tool(
            "tables",
            "Describes the tables of many recordings: each column with its unit and meaning.",
            List.of(),
            arguments -> description()),
        new Tool(
            "query",
            "Answers one SELECT on the tables, as DuckDB understands it, as CSV. Columns are in"
                + " the tool tables. Buckets in measures may be added over any rows.",
            List.of(
                Parameter.required("sql", "The SELECT"),
                FOLDER,
                Parameter.number("rows", "Most rows, up to 1000; 100 if it is left out")),
            this::query),
        new Tool(
            "fleet",
            "Shows which hosts got worse against their own past, since when, how sure that is, and"
                + " what they have in common.",
            List.of(FOLDER),
            this::fleet));
  }

  private static String description() {
    StringBuilder text = new StringBuilder("Every table:");
    columns(text, Tables.PATH);
    for (Table table : Tables.ALL) {
      text.append("\n\n").append(table.name()).append(": ").append(table.meaning());
      columns(text, table.columns());
    }
    return text.append('\n').toString();
  }

  private static void columns(StringBuilder text, List<Column> columns) {
    for (Column column : columns) {
      text.append("\n  ").append(column.name()).append(' ').append(column.type());
      text.append(": ").append(column.meaning());
    }
  }

  private interface Asking {
    String ask(Answers answers) throws SQLException, IOException;
  }

  private String answer(Arguments arguments, Asking asking) throws ToolException {
    String name = arguments.text("folder").orElse(".");
    try (Answers answers = new Answers(folder.tables(name))) {
      answers.database().limitTime(MOST_SECONDS);
      return asking.ask(answers);
    } catch (SQLException | IOException e) {
      throw new ToolException(e.getMessage().strip(), e);
    }
  }

  private String query(Arguments arguments) throws ToolException {
    String sql = arguments.required("sql");
    int rows = arguments.number("rows", USUAL_ROWS, MOST_ROWS);
    return answer(
        arguments,
        answers -> {
          BoundedText text = new BoundedText();
          PrintStream out = new PrintStream(text, true, StandardCharsets.UTF_8);
          boolean more = answers.answer(sql, ResultFormat.CSV, rows, out);
          return text.text() + (more ? "… and more rows\n" : "");
        });
  }

  private String fleet(Arguments arguments) throws ToolException {
    return answer(
        arguments,
        answers -> FleetText.of(FleetReport.of(FleetReader.read(answers.database())), WIDTH));
  }
}
