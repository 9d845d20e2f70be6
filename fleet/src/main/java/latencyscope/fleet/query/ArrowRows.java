package latencyscope.fleet.query;

import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.TimeStampMicroTZVector;
import org.apache.arrow.vector.TimeStampMicroVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;

/**
 * Rows as a stream of Apache Arrow's record batches. Whole numbers have 64 bits, or 38 digits if
 * they may be larger; what Arrow's tools have no common type for is text. Not safe for use by
 * several threads.
 */
final class ArrowRows implements AutoCloseable {
  private static final int BATCH = 8_192;

  /** Of Arrow's decimals of 128 bits, which every implementation has. */
  private static final int MOST_DIGITS = 38;

  /** Of a batch, and of the widest texts that a query may have. */
  private static final long MOST_BYTES = 1L << 30;

  /** Puts a value that is not null into a row. */
  private interface Cell {
    void set(int row, Object value) throws SQLException;
  }

  /** What the writer must not close: standard output. */
  private record Unclosed(OutputStream out, WritableByteChannel channel)
      implements WritableByteChannel {
    Unclosed(OutputStream out) {
      this(out, Channels.newChannel(out));
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
      return channel.write(bytes);
    }

    @Override
    public boolean isOpen() {
      return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
      out.flush();
    }
  }

  private record Column(FieldVector vector, Cell cell) {}

  private final BufferAllocator memory = new RootAllocator(MOST_BYTES);
  private final ResultSet rows;
  private final List<Column> columns = new ArrayList<>();

  ArrowRows(ResultSet rows) throws SQLException {
    this.rows = rows;
    ResultSetMetaData types = rows.getMetaData();
    for (int i = 1; i <= types.getColumnCount(); i++) {
      columns.add(column(types, i));
    }
  }

  private Column column(ResultSetMetaData types, int number) throws SQLException {
    String name = types.getColumnLabel(number);
    String type = types.getColumnTypeName(number);
    switch (type) {
      case "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER" -> {
        BigIntVector vector = new BigIntVector(name, memory);
        return new Column(vector, (row, v) -> vector.setSafe(row, ((Number) v).longValue()));
      }
      case "UBIGINT", "HUGEINT" -> {
        return decimal(name, MOST_DIGITS, 0);
      }
      case "FLOAT", "DOUBLE" -> {
        Float8Vector vector = new Float8Vector(name, memory);
        return new Column(vector, (row, v) -> vector.setSafe(row, ((Number) v).doubleValue()));
      }
      case "BOOLEAN" -> {
        BitVector vector = new BitVector(name, memory);
        return new Column(vector, (row, v) -> vector.setSafe(row, (Boolean) v ? 1 : 0));
      }
      case "DATE" -> {
        DateDayVector vector = new DateDayVector(name, memory);
        return new Column(
            vector, (row, v) -> vector.setSafe(row, Math.toIntExact(((LocalDate) v).toEpochDay())));
      }
      case "TIMESTAMP" -> {
        TimeStampMicroVector vector = new TimeStampMicroVector(name, memory);
        return new Column(vector, (row, v) -> vector.setSafe(row, micros(v)));
      }
      case "TIMESTAMP WITH TIME ZONE" -> {
        TimeStampMicroTZVector vector = new TimeStampMicroTZVector(name, memory, "UTC");
        return new Column(vector, (row, v) -> vector.setSafe(row, micros(v)));
      }
      default -> {
        return type.startsWith("DECIMAL")
            ? decimal(name, types.getPrecision(number), types.getScale(number))
            : text(name);
      }
    }
  }

  private Column decimal(String name, int precision, int scale) {
    DecimalVector vector = new DecimalVector(name, memory, precision, scale);
    return new Column(
        vector,
        (row, v) -> {
          BigDecimal value = new BigDecimal(v.toString()).setScale(scale);
          if (value.precision() > precision) {
            throw new SQLException(
                name + " has more than " + precision + " digits (" + v + "); cast it to VARCHAR");
          }
          vector.setSafe(row, value);
        });
  }

  private Column text(String name) {
    VarCharVector vector = new VarCharVector(name, memory);
    return new Column(
        vector, (row, v) -> vector.setSafe(row, v.toString().getBytes(StandardCharsets.UTF_8)));
  }

  // The driver has Timestamp for what has no zone, whose own methods would take the host's.
  private static long micros(Object time) {
    OffsetDateTime at =
        time instanceof Timestamp stamp
            ? stamp.toLocalDateTime().atOffset(ZoneOffset.UTC)
            : (OffsetDateTime) time;
    return at.toEpochSecond() * 1_000_000 + at.getNano() / 1_000;
  }

  /**
   * Writes them, batch by batch.
   *
   * @param mostRows how many at most
   * @return whether there are more
   */
  boolean write(long mostRows, OutputStream out) throws SQLException, IOException {
    List<FieldVector> vectors = columns.stream().map(Column::vector).toList();
    try (VectorSchemaRoot batch = new VectorSchemaRoot(vectors);
        ArrowStreamWriter writer = new ArrowStreamWriter(batch, null, new Unclosed(out))) {
      writer.start();
      boolean more = rows.next();
      long written = 0;
      while (more && written < mostRows) {
        batch.allocateNew();
        int row = 0;
        for (; more && row < BATCH && written < mostRows; row++, written++) {
          put(row);
          more = rows.next();
        }
        batch.setRowCount(row);
        writer.writeBatch();
      }
      writer.end();
      return more;
    }
  }

  private void put(int row) throws SQLException {
    for (int i = 0; i < columns.size(); i++) {
      Object value = rows.getObject(i + 1);
      if (value == null) {
        columns.get(i).vector().setNull(row);
      } else {
        columns.get(i).cell().set(row, value);
      }
    }
  }

  @Override
  public void close() {
    columns.forEach(column -> column.vector().close());
    memory.close();
  }
}
