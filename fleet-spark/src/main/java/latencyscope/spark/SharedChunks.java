package latencyscope.spark;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which recordings have a chunk in common, as dumps of one JVM do. They are exported by one task,
 * in their order: two at once would both find that nobody has the chunk yet.
 */
final class SharedChunks {
  private final int[] parents;

  private SharedChunks(int size) {
    parents = new int[size];
    for (int i = 0; i < size; i++) {
      parents[i] = i;
    }
  }

  /** The parts in groups, in the order of the first of each; most groups are of one. */
  static List<List<RecordingPart>> groups(List<RecordingPart> parts) {
    SharedChunks sets = new SharedChunks(parts.size());
    Map<String, Integer> firstWith = new HashMap<>();
    for (int i = 0; i < parts.size(); i++) {
      for (String chunk : parts.get(i).chunks()) {
        Integer first = firstWith.putIfAbsent(chunk, i);
        if (first != null) {
          sets.join(first, i);
        }
      }
    }
    Map<Integer, List<RecordingPart>> groups = new LinkedHashMap<>();
    for (int i = 0; i < parts.size(); i++) {
      groups.computeIfAbsent(sets.root(i), root -> new ArrayList<>()).add(parts.get(i));
    }
    return new ArrayList<>(groups.values());
  }

  private void join(int one, int other) {
    int first = root(one);
    int second = root(other);
    parents[Math.max(first, second)] = Math.min(first, second);
  }

  private int root(int of) {
    int root = of;
    while (parents[root] != root) {
      parents[root] = parents[parents[root]];
      root = parents[root];
    }
    return root;
  }
}
