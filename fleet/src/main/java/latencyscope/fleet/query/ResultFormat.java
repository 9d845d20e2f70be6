package latencyscope.fleet.query;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import latencyscope.report.Columns;

/** How the rows of a result are written. All but a table are written row by row. */
public enum ResultFormat {
  /** Columns side by side, for people. */
  TABLE {
    @Override
    boolean write(ResultSet rows, long mostRows, PrintStream out) throws SQLException {
      List<List<String>> lines = new ArrayList<>();
      lines.add(names(rows.getMetaData()));
      boolean more = rows.next();
      while (more && lines.size() <= Math.min(MOST_LINES, mostRows)) {
        lines.add(texts(rows, ""));
        more = rows.next();
      }
      int[] widths = new int[lines.get(0).size()];
      for (List<String> line : lines) {
        for (int i = 0; i < widths.length; i++) {
          widths[i] = Math.max(widths[i], Columns.width(line.get(i)));
        }
      }
      for (List<String> line : lines) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
          text.append(i == 0 ? "" : "  ").append(padded(rows, i, line.get(i), widths[i]));
        }
        out.print(text.toString().stripTrailing() + "\n");
      }
      if (more) {
        out.print("… and more rows; --format csv has all\n");
      }
      return more;
    }

    private String padded(ResultSet rows, int column, String text, int width) throws SQLException {
      boolean number = isNumber(rows.getMetaData(), column + 1);
      return number ? Columns.padLeft(text, width) : Columns.padRight(text, width);
    }
  },
  /** Comma-separated values (RFC 4180), UTF-8; NULL is empty. */
  CSV {
    @Override
    boolean write(ResultSet rows, long mostRows, PrintStream out) throws SQLException {
      out.print(csv(names(rows.getMetaData())));
      boolean more = rows.next();
      for (long row = 0; more && row < mostRows; row++) {
        out.print(csv(texts(rows, "")));
        more = rows.next();
      }
      return more;
    }

    private String csv(List<String> cells) {
      StringBuilder line = new StringBuilder();
      for (String cell : cells) {
        boolean quoted = cell.matches("(?s).*[\",\r\n].*");
        line.append(line.length() == 0 ? "" : ",");
        line.append(quoted ? '"' + cell.replace("\"", "\"\"") + '"' : cell);
      }
      return line.append("\r\n").toString();
    }
  },
  /** A JSON array of objects, UTF-8. */
  JSON {
    @Override
    boolean write(ResultSet rows, long mostRows, PrintStream out) throws SQLException, IOException {
      ResultSetMetaData columns = rows.getMetaData();
      JsonGenerator json = new ObjectMapper().getFactory().createGenerator(out);
      json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      json.writeStartArray();
      boolean more = rows.next();
      for (long row = 0; more && row < mostRows; row++) {
        json.writeRaw('\n');
        json.writeStartObject();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
          json.writeFieldName(columns.getColumnLabel(i));
          value(json, rows.getObject(i));
        }
        json.writeEndObject();
        more = rows.next();
      }
      json.writeRaw('\n');
      json.writeEndArray();
      json.writeRaw('\n');
      json.close();
      return more;
    }

    private void value(JsonGenerator json, Object value) throws IOException {
      if (value instanceof BigInteger whole) {
        json.writeNumber(whole);
      } else if (value instanceof BigDecimal decimal) {
        json.writeNumber(decimal);
      } else if (value instanceof Double number) {
        json.writeNumber(number);
      } else if (value instanceof Number number) {
        json.writeNumber(number.longValue());
      } else if (value instanceof Boolean flag) {
        json.writeBoolean(flag);
      } else {
        json.writeString(value == null ? null : value.toString());
      }
    }
  },
  /** A stream of Apache Arrow's record batches. */
  ARROW {
    @Override
    boolean write(ResultSet rows, long mostRows, PrintStream out) throws SQLException, IOException {
      try (ArrowRows arrow = new ArrowRows(rows)) {
        return arrow.write(mostRows, out);
      }
    }
  };

  private static final int MOST_LINES = 10_000;

  /** Whether it is for programs, which get UTF-8 anywhere. */
  public boolean isForPrograms() {
    return this != TABLE;
  }

  /**
   * Writes a result.
   *
   * @param mostRows how many rows at most
   * @return whether there are more
   * @throws IOException if it cannot be written
   */
  abstract boolean write(ResultSet rows, long mostRows, PrintStream out)
      throws SQLException, IOException;

  private static List<String> names(ResultSetMetaData columns) throws SQLException {
    List<String> names = new ArrayList<>();
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      names.add(columns.getColumnLabel(i));
    }
    return names;
  }

  private static List<String> texts(ResultSet rows, String ofNull) throws SQLException {
    List<String> texts = new ArrayList<>();
    for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
      Object value = rows.getObject(i);
      texts.add(value == null ? ofNull : value.toString());
    }
    return texts;
  }

  private static boolean isNumber(ResultSetMetaData columns, int column) throws SQLException {
    return Number.class.isAssignableFrom(numberClass(columns.getColumnClassName(column)));
  }

  private static Class<?> numberClass(String name) {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      return Object.class;
    }
  }
}
