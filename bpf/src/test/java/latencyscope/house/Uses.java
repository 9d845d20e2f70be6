package latencyscope.house;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Questions to a graph of what uses what. */
final class Uses {
  private final Map<String, Set<String>> edges;

  Uses(Map<String, Set<String>> edges) {
    this.edges = edges;
  }

  /** Everything that is used by something, directly or not. */
  Set<String> reached(String from) {
    Set<String> reached = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(edges.getOrDefault(from, Set.of()));
    while (!open.isEmpty()) {
      String next = open.pop();
      if (reached.add(next)) {
        open.addAll(edges.getOrDefault(next, Set.of()));
      }
    }
    return reached;
  }

  /** The edges that lie on a circle, as {@code a --> b}. */
  Set<String> circles() {
    Set<String> found = new TreeSet<>();
    edges.forEach((from, used) ->
        used.stream()
            .filter(to -> reached(to).contains(from))
            .forEach(to -> found.add(from + " --> " + to)));
    return found;
  }

  /** The edges that no others imply, as {@code a --> b}. */
  Set<String> direct() {
    Set<String> found = new TreeSet<>();
    edges.forEach((from, used) ->
        used.stream()
            .filter(to -> used.stream().noneMatch(other -> reached(other).contains(to)))
            .forEach(to -> found.add(from + " --> " + to)));
    return found;
  }
}
