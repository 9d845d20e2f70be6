package latencyscope.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import latencyscope.analysis.Metrics;
import latencyscope.analysis.Report;
import latencyscope.analysis.ReportTree;
import latencyscope.analysis.jvm.LedgerMetrics;
import latencyscope.diff.Comparison;
import latencyscope.ledger.explain.Explanation;

/** Writes a report for programs; the form is fixed by {@code docs/report.schema.json}. */
public final class JsonReport {
  private static final int SCHEMA_VERSION = 1;
  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private JsonReport() {}

  /** The report as one JSON object, ended by a line break. */
  public static String of(Report report) {
    return write(ReportTree.of(report));
  }

  /** An explanation as one JSON object, ended by a line break. */
  public static String of(Explanation explanation) {
    return write(LedgerMetrics.of(explanation));
  }

  /** A comparison as one JSON object, ended by a line break. */
  public static String of(Comparison comparison) {
    return write(DiffJson.of(comparison));
  }

  private static String write(Metrics tree) {
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("schema_version", SCHEMA_VERSION);
    Map<String, Object> tool = new LinkedHashMap<>();
    tool.put("name", Product.NAME);
    tool.put("version", Product.version());
    root.put("tool", tool);
    root.putAll(plain(tree));
    root.put("unavailable", tree.unavailable());
    try {
      return MAPPER.writeValueAsString(root) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("maps of numbers and texts are always JSON", e);
    }
  }

  private static Map<String, Object> plain(Metrics metrics) {
    Map<String, Object> plain = new LinkedHashMap<>();
    metrics.output().forEach((key, value) -> plain.put(key, plain(value)));
    return plain;
  }

  private static Object plain(Object value) {
    if (value instanceof Metrics child) {
      return plain(child);
    }
    if (value instanceof List<?> list) {
      return list.stream().map(JsonReport::plain).toList();
    }
    return value;
  }
}
