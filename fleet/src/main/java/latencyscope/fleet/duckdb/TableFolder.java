package latencyscope.fleet.duckdb;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import latencyscope.fleet.table.Table;
import latencyscope.fleet.table.Tables;

/**
 * The folder of the tables: {@code day=2026-12-01/host=NAME/capture=ID/TABLE.parquet}. A capture is
 * one folder, so that a single rename makes all of its rows visible at once.
 *
 * @param path the folder
 */
public record TableFolder(Path path) {
  /** Where the rows of a capture lie. */
  public Path of(String day, String host, String capture) {
    return path.resolve("day=" + day)
        .resolve("host=" + encoded(host))
        .resolve("capture=" + capture);
  }

  /** Where the files of a table lie, as a pattern. */
  public String pattern(Table table) {
    return pattern("*", table);
  }

  /** The same for one host. */
  public String pattern(String host, Table table) {
    String name = host.equals("*") ? host : encoded(host);
    return globbed(path.toAbsolutePath().toString())
        + "/day=*/host="
        + name
        + "/capture=*/"
        + table.file();
  }

  /** Whether there is any capture in it. */
  public boolean hasCaptures() throws IOException {
    if (!Files.isDirectory(path)) {
      return false;
    }
    try (DirectoryStream<Path> days = Files.newDirectoryStream(path, "day=*")) {
      return days.iterator().hasNext();
    }
  }

  /** Makes a view of each table, under its name; one without rows if there is no capture. */
  public void addViews(Database database, List<Table> tables) throws SQLException, IOException {
    boolean any = hasCaptures();
    for (Table table : tables) {
      database.execute(
          "CREATE VIEW " + table.name() + " AS " + (any ? select(pattern(table)) : none(table)));
    }
  }

  private static String none(Table table) {
    String ofPath =
        Tables.PATH.stream()
            .map(column -> "CAST(NULL AS VARCHAR) AS " + column.name())
            .collect(Collectors.joining(", "));
    return "SELECT " + table.nothing() + ", " + ofPath + " WHERE false";
  }

  /** Reads the files of a pattern; an older version's lack the columns of a newer one. */
  public static String select(String pattern) {
    return "SELECT * FROM read_parquet("
        + Database.quoted(pattern)
        + ", union_by_name = true, hive_partitioning = true,"
        + " hive_types = {'day': VARCHAR, 'host': VARCHAR, 'capture': VARCHAR})";
  }

  // As Hive encodes what a folder's name must not have; its readers decode it.
  private static String encoded(String text) {
    StringBuilder encoded = new StringBuilder();
    for (byte b : text.getBytes(java.nio.charset.StandardCharsets.UTF_8)) {
      boolean plain =
          b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '-';
      encoded.append(
          plain || b == '.' || b == '_'
              ? String.valueOf((char) b)
              : String.format(Locale.ROOT, "%%%02X", b));
    }
    return encoded.toString();
  }

  private static String globbed(String path) {
    return path.replaceAll("([*?\\[])", "[$1]");
  }
}
