package latencyscope.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import latencyscope.cli.console.UserError;
import latencyscope.contract.ContractException;
import latencyscope.contract.Yaml;

/**
 * The broker's configuration: who is served. Immutable.
 *
 * @param users names or numbers
 * @param groups names or numbers
 * @param lines where each name stands, such as {@code FILE:3: }, by {@code user NAME} and {@code
 *     group NAME}
 */
record BrokerFile(List<String> users, List<String> groups, Map<String, String> lines) {
  /** No configuration. */
  static final BrokerFile NONE = new BrokerFile(List.of(), List.of(), Map.of());

  private static final Path DEFAULT = Path.of("/etc/latencyscope/broker.yml");
  private static final String USERS = "allow-users";
  private static final String GROUPS = "allow-groups";

  BrokerFile {
    users = List.copyOf(users);
    groups = List.copyOf(groups);
    lines = Map.copyOf(lines);
  }

  /**
   * Reads the file.
   *
   * @param named as named by the user, or null for the default, which need not exist
   * @throws UserError if it cannot be read or has a mistake
   */
  static BrokerFile read(Path named) throws UserError {
    if (named == null && Files.notExists(DEFAULT)) {
      return NONE;
    }
    Path file = named == null ? DEFAULT : named;
    try {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
      if (permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
        throw new UserError(
            "everybody may write " + file + "; take that right away: chmod o-w " + file);
      }
      return parse(file.toString(), Files.readString(file));
    } catch (IOException e) {
      throw new UserError(
          "cannot read " + file + " (" + e + "); name a readable file with --config", e);
    } catch (ContractException e) {
      throw new UserError(e.getMessage(), e);
    }
  }

  private static BrokerFile parse(String file, String content) throws ContractException {
    Map<String, Yaml> keys =
        Yaml.parse(file, content, "the file is empty; name who is served: allow-users: [alice]")
            .map("allow-users: [alice] or allow-groups: [trading]", known());
    Map<String, String> lines = new HashMap<>();
    List<String> users = names(file, keys.get(USERS), "user", lines);
    List<String> groups = names(file, keys.get(GROUPS), "group", lines);
    return new BrokerFile(users, groups, lines);
  }

  private static Set<String> known() {
    return new TreeSet<>(List.of(USERS, GROUPS));
  }

  private static List<String> names(String file, Yaml value, String what, Map<String, String> lines)
      throws ContractException {
    List<String> names = new ArrayList<>();
    if (value == null) {
      return names;
    }
    for (Yaml element : value.list()) {
      String name = element.text("the name or number of a " + what);
      if (name.matches(".*[\\s:,].*") || name.startsWith("-")) {
        throw element.error(
            "'" + name + "' cannot be a " + what + "; write several as a list: [alice, bob]");
      }
      if (lines.put(what + " " + name, file + ":" + element.line() + ": ") != null) {
        throw element.error("'" + name + "' is there twice; keep one");
      }
      names.add(name);
    }
    // An empty list must not serve everybody.
    if (names.isEmpty()) {
      throw value.error("the list is empty; name a " + what + ", or remove the key");
    }
    return names;
  }
}
