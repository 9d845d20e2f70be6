package latencyscope.fleet.table;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code docs/tables.md} ends with what the code says; it is saved in target as it should be. */
class TablesPageTest {
  private static final Path PAGE = Path.of("../docs/tables.md");
  private static final Path ACTUAL = Path.of("target/tables.md");
  private static final String START = "## Columns of every table\n";

  @Test
  void thePageListsEveryColumn() throws Exception {
    StringBuilder page = new StringBuilder();
    String written = Files.readString(PAGE);
    page.append(written, 0, written.indexOf(START)).append(START);
    page.append("\nThey are in the path of a row's file.\n");
    columns(page, Tables.PATH);
    for (Table table : Tables.ALL) {
      page.append("\n## `").append(table.name()).append("`\n\n");
      page.append(table.meaning().replaceAll("(.{1,119})(?: |$)", "$1\n"));
      columns(page, table.columns());
    }
    Files.writeString(ACTUAL, page);
    assertEquals(page.toString(), written, "copy fleet/target/tables.md to docs/tables.md");
  }

  private static void columns(StringBuilder page, List<Column> columns) {
    page.append("\n| Column | Type | Meaning |\n|---|---|---|\n");
    for (Column column : columns) {
      page.append("| `").append(column.name()).append("` | ").append(column.type());
      page.append(" | ").append(column.meaning()).append(" |\n");
    }
  }
}
