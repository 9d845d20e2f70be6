package latencyscope.contract;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * A value of a YAML file that knows its line. Values are read as the text that stands there, so
 * that {@code 2-3} is no date and {@code 1_000} keeps its meaning.
 */
public final class Yaml {
  private final String file;
  private final String path;
  private final Node node;

  private Yaml(String file, String path, Node node) {
    this.file = file;
    this.path = path;
    this.node = node;
  }

  /**
   * Reads a file.
   *
   * @param empty what to say of a file without content
   * @throws ContractException if it is empty or no YAML
   */
  public static Yaml parse(String file, String content, String empty) throws ContractException {
    try {
      LoadSettings settings = LoadSettings.builder().setAllowDuplicateKeys(false).build();
      Node root =
          new Compose(settings)
              .composeString(content)
              .orElseThrow(() -> new ContractException(file + ":1: " + empty));
      return new Yaml(file, "", root);
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(Mark::getLine).orElse(0) + 1;
      throw new ContractException(file + ":" + line + ": not YAML: " + e.getProblem(), e);
    } catch (YamlEngineException e) {
      throw new ContractException(file + ":1: not YAML: " + e.getMessage(), e);
    }
  }

  /** Line of the file, from 1 on. */
  public int line() {
    return line(node);
  }

  private static int line(Node node) {
    return node.getStartMark().map(Mark::getLine).orElse(0) + 1;
  }

  /** What is wrong here, and what would be right. */
  public ContractException error(String what) {
    return error(line(), what);
  }

  private ContractException error(int line, String what) {
    return new ContractException(
        file + ":" + line + ": " + (path.isEmpty() ? "" : path + ": ") + what);
  }

  boolean isMap() {
    return node instanceof MappingNode;
  }

  /**
   * Its values by key, in the order of the file.
   *
   * @param right what would be right, with an example
   */
  Map<String, Yaml> map(String right) throws ContractException {
    if (!(node instanceof MappingNode mapping)) {
      throw error("expected " + right + ", found " + kind());
    }
    Map<String, Yaml> map = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      String key = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
      Yaml value = new Yaml(file, path.isEmpty() ? key : path + "." + key, tuple.getValueNode());
      if (map.put(key, value) != null) {
        throw error(line(tuple.getKeyNode()), "'" + key + "' is there twice; keep one");
      }
    }
    return map;
  }

  /** The same where only these keys make sense. */
  public Map<String, Yaml> map(String right, Set<String> known) throws ContractException {
    Map<String, Yaml> map = map(right);
    for (NodeTuple tuple : ((MappingNode) node).getValue()) {
      String key = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
      if (!known.contains(key)) {
        throw error(
            line(tuple.getKeyNode()),
            "'" + key + "' is unknown here; known: " + String.join(", ", known));
      }
    }
    return map;
  }

  /** Its values; a value that is no list is one of one value. */
  public List<Yaml> list() {
    if (!(node instanceof SequenceNode sequence)) {
      return List.of(this);
    }
    List<Yaml> list = new ArrayList<>();
    for (Node element : sequence.getValue()) {
      list.add(new Yaml(file, path + "[" + list.size() + "]", element));
    }
    return list;
  }

  /**
   * Its text.
   *
   * @param right what would be right, with an example
   */
  public String text(String right) throws ContractException {
    if (node instanceof ScalarNode scalar && !scalar.getValue().isBlank()) {
      return scalar.getValue().strip();
    }
    throw error("expected " + right + ", found " + kind());
  }

  private String kind() {
    return node instanceof MappingNode
        ? "a map"
        : node instanceof SequenceNode ? "a list" : "'" + ((ScalarNode) node).getValue() + "'";
  }
}
