package latencyscope.fleet.mcp;

import java.util.Map;

/**
 * An argument of a tool.
 *
 * @param name its name
 * @param type JSON type of its value
 * @param description what it means, for the assistant
 * @param required whether it has to be given
 */
record Parameter(String name, String type, String description, boolean required) {
  static Parameter required(String name, String description) {
    return new Parameter(name, "string", description, true);
  }

  static Parameter text(String name, String description) {
    return new Parameter(name, "string", description, false);
  }

  static Parameter number(String name, String description) {
    return new Parameter(name, "integer", description, false);
  }

  static Parameter flag(String name, String description) {
    return new Parameter(name, "boolean", description, false);
  }

  /** Its part of the tool's JSON schema. */
  Map<String, Object> schema() {
    return Map.of("type", type, "description", description);
  }
}
