package latencyscope.fleet.mcp;

import java.util.Map;
import java.util.Optional;

/**
 * What a tool was called with.
 *
 * @param values by name
 */
record Arguments(Map<String, Object> values) {
  /** A text that has to be there. */
  String required(String name) throws ToolException {
    return text(name).orElseThrow(() -> new ToolException(name + " is missing"));
  }

  /** A text; empty if it was not given. */
  Optional<String> text(String name) throws ToolException {
    Object value = values.get(name);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof String text && !text.isBlank() && text.indexOf('\0') < 0) {
      return Optional.of(text);
    }
    throw new ToolException(name + ": " + value + " is not a text");
  }

  /** A whole number from 1 on, at most so large; the usual one if it was not given. */
  int number(String name, int usual, int most) throws ToolException {
    Object value = values.get(name);
    if (value == null) {
      return usual;
    }
    if (value instanceof Number number
        && number.doubleValue() == number.intValue()
        && number.intValue() >= 1
        && number.intValue() <= most) {
      return number.intValue();
    }
    throw new ToolException(name + ": " + value + " is not a number from 1 to " + most);
  }

  /** Whether something is wanted; not if it was not given. */
  boolean flag(String name) throws ToolException {
    Object value = values.get(name);
    if (value == null) {
      return false;
    }
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw new ToolException(name + ": " + value + " is neither true nor false");
  }
}
