package latencyscope.contract.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.LinkedHashMap;
import java.util.Map;
import latencyscope.contract.Environment;
import latencyscope.contract.Outcome;
import latencyscope.contract.check.CheckResult;
import latencyscope.contract.check.ClauseResult;
import latencyscope.report.Product;

/** Writes what came of a contract for programs. */
public final class CheckJson {
  private static final int SCHEMA_VERSION = 1;
  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private CheckJson() {}

  /** One JSON object, ended by a line break. */
  public static String of(CheckResult result, boolean strict) {
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("schema_version", SCHEMA_VERSION);
    root.put("tool", Map.of("name", Product.NAME, "version", Product.version()));
    root.put("contract", result.contract().file());
    root.put("target", result.target());
    root.put("environment", result.contract().environment().key());
    root.put("shared_host", result.contract().environment() == Environment.SHARED);
    root.put("captured_ns", result.capturedNs());
    root.put("outcome", result.outcome().word());
    root.put("exit_code", result.exitCode(strict));
    Map<String, Object> counts = new LinkedHashMap<>();
    for (Outcome outcome : Outcome.values()) {
      counts.put(outcome.word(), result.count(outcome));
    }
    root.put("counts", counts);
    root.put("clauses", result.clauses().stream().map(CheckJson::clause).toList());
    try {
      return MAPPER.writeValueAsString(root) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("maps of numbers and texts are always JSON", e);
    }
  }

  private static Map<String, Object> clause(ClauseResult clause) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("threads", clause.subject());
    row.put("clause", clause.key());
    row.put("bound", clause.wanted());
    row.put("measured", clause.measured());
    row.put("outcome", clause.outcome().word());
    row.put("evidence", clause.evidence());
    row.put("remedy", clause.remedy());
    row.put("line", clause.line());
    return row;
  }
}
