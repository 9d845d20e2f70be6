package latencyscope.fleet.mcp;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A question that an assistant may ask.
 *
 * @param name how it is called
 * @param description what it answers, for the assistant
 * @param parameters its arguments
 * @param answer gives the answer
 */
record Tool(String name, String description, List<Parameter> parameters, Answer answer) {
  /** Answers a question. */
  @FunctionalInterface
  interface Answer {
    /**
     * The answer as text.
     *
     * @throws ToolException if there is none
     */
    String of(Arguments arguments) throws ToolException;
  }

  Tool {
    parameters = List.copyOf(parameters);
  }

  /** What its arguments are, as JSON schema. */
  Map<String, Object> schema() {
    Map<String, Object> properties = new LinkedHashMap<>();
    parameters.forEach(parameter -> properties.put(parameter.name(), parameter.schema()));
    return Map.of(
        "type",
        "object",
        "properties",
        properties,
        "required",
        parameters.stream().filter(Parameter::required).map(Parameter::name).toList(),
        "additionalProperties",
        false);
  }

  /**
   * Answers a call.
   *
   * @throws ToolException if an argument is wrong, or there is no answer
   */
  String call(Map<String, Object> values) throws ToolException {
    Map<String, Object> given = values == null ? Map.of() : values;
    List<String> known = parameters.stream().map(Parameter::name).toList();
    for (String key : given.keySet()) {
      if (!known.contains(key)) {
        throw new ToolException(
            name
                + ": unknown argument "
                + key
                + (known.isEmpty() ? "; it has none" : "; give " + String.join(", ", known)));
      }
    }
    Arguments arguments = new Arguments(given);
    for (Parameter parameter : parameters) {
      if (parameter.required()) {
        arguments.required(parameter.name());
      }
    }
    return answer.of(arguments);
  }
}
