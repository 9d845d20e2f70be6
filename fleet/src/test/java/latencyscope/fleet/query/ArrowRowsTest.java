package latencyscope.fleet.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TimeZone;
import latencyscope.fleet.duckdb.Database;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Arrow's own reader reads is what the query answers. */
class ArrowRowsTest {
  @TempDir Path folder;

  private Database database;

  @BeforeEach
  void open() throws Exception {
    database = Database.open(256, 1, folder);
  }

  @AfterEach
  void close() throws Exception {
    database.close();
  }

  private boolean more;

  private byte[] stream(String sql, long mostRows) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    more =
        database.query(
            sql,
            rows -> {
              try {
                return ResultFormat.ARROW.write(rows, mostRows, new PrintStream(bytes));
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    return bytes.toByteArray();
  }

  /** Types of the columns, and the values of all rows as text. */
  private static List<List<String>> read(byte[] stream) throws Exception {
    try (BufferAllocator memory = new RootAllocator();
        ArrowStreamReader reader =
            new ArrowStreamReader(new ByteArrayInputStream(stream), memory)) {
      List<List<String>> rows = new ArrayList<>();
      List<FieldVector> vectors = reader.getVectorSchemaRoot().getFieldVectors();
      rows.add(vectors.stream().map(v -> v.getName() + " " + v.getField().getType()).toList());
      while (reader.loadNextBatch()) {
        for (int row = 0; row < reader.getVectorSchemaRoot().getRowCount(); row++) {
          List<String> values = new ArrayList<>();
          for (FieldVector vector : vectors) {
            values.add(String.valueOf(vector.getObject(row)));
          }
          rows.add(values);
        }
      }
      return rows;
    }
  }

  @Test
  void everyTypeOfTheTablesIsRead() throws Exception {
    TimeZone here = TimeZone.getDefault();
    TimeZone.setDefault(TimeZone.getTimeZone("Asia/Tokyo"));
    try {
      String sql =
          "SELECT * FROM (VALUES ('Zürich ①', 9007199254740993::BIGINT, 7::INTEGER, 0.1::DOUBLE,"
              + " true, DATE '1969-12-31', TIMESTAMP '2026-12-01 10:00:00.000001',"
              + " 99999999999999999999::HUGEINT, 1.25::DECIMAL(10,3), [1, 2]),"
              + " (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL))"
              + " AS t(word, big, small, number, flag, day, moment, huge, exact, list)";
      List<List<String>> rows = read(stream(sql, Long.MAX_VALUE));
      assertFalse(more);
      assertEquals(
          List.of(
              "word Utf8",
              "big Int(64, true)",
              "small Int(64, true)",
              "number FloatingPoint(DOUBLE)",
              "flag Bool",
              "day Date(DAY)",
              "moment Timestamp(MICROSECOND, null)",
              "huge Decimal(38, 0, 128)",
              "exact Decimal(10, 3, 128)",
              "list Utf8"),
          rows.get(0));
      assertEquals(
          List.of(
              "Zürich ①",
              "9007199254740993",
              "7",
              "0.1",
              "true",
              "-1",
              "2026-12-01T10:00:00.000001",
              "99999999999999999999",
              "1.250",
              "[1, 2]"),
          rows.get(1));
      String[] nothing = new String[10];
      Arrays.fill(nothing, "null");
      assertEquals(List.of(nothing), rows.get(2));
      assertEquals(3, rows.size());
    } finally {
      TimeZone.setDefault(here);
    }
  }

  @Test
  void manyRowsAreSeveralBatchesAndNoneIsMissing() throws Exception {
    String sql = "SELECT range AS n, 'row ' || range AS text FROM range(20000)";
    List<List<String>> rows = read(stream(sql, Long.MAX_VALUE));
    assertEquals(20_001, rows.size());
    for (int i = 0; i < 20_000; i++) {
      assertEquals(List.of("" + i, "row " + i), rows.get(i + 1));
    }
    assertEquals(8_193, read(stream(sql, 8_192)).size());
    assertTrue(more);
    assertEquals(1, read(stream(sql + " WHERE range < 0", 10)).size());
  }

  @Test
  void aNumberThatArrowHasNoRoomForIsNamed() {
    String sql = "SELECT 170141183460469231731687303715884105727::HUGEINT AS n";
    SQLException e = assertThrows(SQLException.class, () -> stream(sql, 10));
    assertTrue(e.getMessage().contains("cast it to VARCHAR"), e.getMessage());
  }
}
