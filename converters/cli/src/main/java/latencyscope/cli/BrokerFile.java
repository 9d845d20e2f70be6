package latencyscope.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
  private static final String EXAMPLE = "allow-users: [alice]";
  private static final int ROOT = 0;
  private static final int GROUP_WRITES = 0020;
  private static final int OTHERS_WRITE = 0002;

  BrokerFile {
    users = List.copyOf(users);
    groups = List.copyOf(groups);
    lines = Map.copyOf(lines);
  }

  /**
   * Reads the file.
   *
   * @param named as named by the user, or null for the default, which need not exist
   * @throws UserError if it cannot be read, has a mistake, or a user other than root and this
   *     process's could have changed it
   */
  static BrokerFile read(Path named) throws UserError {
    if (named == null && Files.notExists(DEFAULT)) {
      return NONE;
    }
    Path file = named == null ? DEFAULT : named;
    try {
      int own = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
      checkTrusted(file, own);
      return parse(file.toString(), Files.readString(file));
    } catch (IOException e) {
      throw new UserError(
          "cannot read " + file + " (" + e + "); name a readable file with --config", e);
    } catch (ContractException e) {
      throw new UserError(e.getMessage(), e);
    }
  }

  /**
   * The file and its folder, and where the file is a link, the folder it leads to: who may write a
   * folder can put another file there.
   *
   * @param own the user who is trusted beside root
   * @throws UserError if one belongs to another user, or its group or everybody may write it
   */
  static void checkTrusted(Path file, int own) throws IOException, UserError {
    Path real = file.toRealPath();
    if (!Files.isRegularFile(real)) {
      throw new UserError(file + " is not a regular file; name one with --config");
    }
    checkTrusted(file, "file", real, own);
    checkTrusted(file, "folder", real.getParent(), own);
    checkTrusted(file, "folder", file.toAbsolutePath().getParent(), own);
  }

  private static void checkTrusted(Path file, String what, Path path, int own)
      throws IOException, UserError {
    int owner = (int) Files.getAttribute(path, "unix:uid");
    int mode = (int) Files.getAttribute(path, "unix:mode");
    if (owner != ROOT && owner != own) {
      throw new UserError(
          "%s is not trusted: %s %s belongs to user %d, and must belong to root: chown root %s"
              .formatted(file, what, path, owner, path));
    }
    String writers =
        (mode & OTHERS_WRITE) != 0 ? "everybody" : (mode & GROUP_WRITES) != 0 ? "its group" : null;
    if (writers != null) {
      throw new UserError(
          "%s is not trusted: %s may write %s %s, and only its owner may: chmod go-w %s"
              .formatted(file, writers, what, path, path));
    }
  }

  private static BrokerFile parse(String file, String content) throws ContractException, UserError {
    Map<String, Yaml> keys =
        parseYaml(file, content).map(EXAMPLE + " or allow-groups: [trading]", known());
    Map<String, String> lines = new HashMap<>();
    List<String> users = names(file, keys.get(USERS), "user", lines);
    List<String> groups = names(file, keys.get(GROUPS), "group", lines);
    return new BrokerFile(users, groups, lines);
  }

  private static Yaml parseYaml(String file, String content) throws ContractException, UserError {
    try {
      return Yaml.parse(file, content, "the file is empty; name who is served: " + EXAMPLE);
    } catch (ContractException e) {
      if (e.getCause() == null) {
        throw e;
      }
      // The parser says what is wrong with the syntax, and not what would be right.
      throw new UserError(e.getMessage() + "; write lines such as " + EXAMPLE, e);
    }
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
