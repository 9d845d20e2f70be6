package latencyscope.audit.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import latencyscope.audit.Audit;
import latencyscope.audit.AuditItem;
import latencyscope.report.Product;

/** Writes an audit for programs. */
public final class AuditJson {
  private static final int SCHEMA_VERSION = 1;
  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private AuditJson() {}

  /** One JSON object, ended by a line break. */
  public static String of(Audit audit) {
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("schema_version", SCHEMA_VERSION);
    root.put("tool", Map.of("name", Product.NAME, "version", Product.version()));
    root.put("root", audit.root().toString());
    root.put("exit_code", audit.exitCode());
    root.put("items", audit.items().stream().map(AuditJson::item).toList());
    try {
      return MAPPER.writeValueAsString(root) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("maps of numbers and texts are always JSON", e);
    }
  }

  private static Map<String, Object> item(AuditItem item) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("area", item.area());
    row.put("name", item.name());
    row.put("state", item.state().name().toLowerCase(Locale.ROOT));
    row.put("current", item.current());
    row.put("wanted", item.wanted());
    row.put("why", item.why());
    row.put("source", item.source());
    row.put("file", item.file());
    row.put("command", item.command());
    row.put("needs_boot", item.boot());
    return row;
  }
}
