package latencyscope.agent.broker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import latencyscope.proc.KernelFile;

/**
 * Which users may be clients: those who are named, and members of named groups; everybody if none
 * is named. Root always may. Immutable.
 *
 * @param uids users by number
 * @param gids groups by number
 */
record Admission(Set<Integer> uids, Set<Integer> gids) {
  private static final int ROOT = 0;

  Admission {
    uids = Set.copyOf(uids);
    gids = Set.copyOf(gids);
  }

  /**
   * Finds the numbers, as the host's account databases have them now.
   *
   * @param users names or numbers
   * @param groups names or numbers
   * @param lines where a name stands in a file, by {@code user NAME} and {@code group NAME}
   * @throws IOException in a sentence, if there is no such user or group
   */
  static Admission of(List<String> users, List<String> groups, Map<String, String> lines)
      throws IOException {
    Set<Integer> uids = new HashSet<>();
    for (String user : users) {
      uids.add(number("passwd", user, "user", lines));
    }
    Set<Integer> gids = new HashSet<>();
    for (String group : groups) {
      gids.add(number("group", group, "group", lines));
    }
    return new Admission(uids, gids);
  }

  // Not by reading the files: users may be kept by a directory service.
  private static int number(String database, String name, String what, Map<String, String> lines)
      throws IOException {
    Process getent =
        new ProcessBuilder("getent", database, "--", name)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String line = new String(getent.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String[] fields = line.split(":");
    if (fields.length < 3 || !fields[2].matches("\\d{1,9}")) {
      throw new IOException(
          lines.getOrDefault(what + " " + name, "")
              + "there is no "
              + what
              + " "
              + name
              + " on this host; name one that exists");
    }
    return Integer.parseInt(fields[2]);
  }

  /**
   * Lets a client in, or not.
   *
   * @throws RefusedException if its user is not admitted
   */
  void check(Peer peer) throws RefusedException {
    boolean everybody = uids.isEmpty() && gids.isEmpty();
    if (everybody || peer.uid() == ROOT || uids.contains(peer.uid())) {
      return;
    }
    if (groups(peer).anyMatch(gids::contains)) {
      return;
    }
    throw new RefusedException(
        "this broker does not serve user " + peer.uid(),
        "ask the administrator for: latencyscope broker --allow-user " + peer.uid());
  }

  /** The client's groups; of one in another pid namespace, only the first is known. */
  private static Stream<Integer> groups(Peer peer) {
    List<Integer> groups = new ArrayList<>(List.of(peer.gid()));
    if (peer.pid() > 0) {
      groups.addAll(supplementary(Path.of("/proc", Integer.toString(peer.pid())), peer.uid()));
    }
    return groups.stream();
  }

  /**
   * The supplementary groups of a process, from its {@code status}; none if it is not that user's
   * any more: it has ended then, and another one has its number.
   */
  static List<Integer> supplementary(Path process, int uid) {
    List<Integer> groups = new ArrayList<>();
    boolean same = false;
    try {
      for (String line : KernelFile.text(process.resolve("status")).split("\n")) {
        String[] words = line.split("\\s+");
        if (words[0].equals("Uid:")) {
          same = Integer.parseUnsignedInt(words[2]) == uid; // the effective one
        } else if (words[0].equals("Groups:")) {
          for (int i = 1; i < words.length; i++) {
            groups.add(Integer.parseUnsignedInt(words[i]));
          }
        }
      }
    } catch (IOException ended) {
      return List.of();
    }
    return same ? groups : List.of();
  }
}
