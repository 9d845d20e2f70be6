package latencyscope.analysis.memory;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import latencyscope.analysis.memory.MemoryEvents.FaultKey;

/**
 * Which files a thread's major faults were in. Bounded: later files than the limit are not known.
 * Not safe for use by several threads.
 */
final class FaultFiles {
  private static final int LIMIT = 1_000;

  private final Map<FaultKey, Set<String>> files = new HashMap<>();

  void add(PageFault fault) {
    if (fault.major() && fault.file() != null) {
      Set<String> known = files.computeIfAbsent(new FaultKey(fault), key -> new HashSet<>());
      if (known.size() < LIMIT) {
        known.add(fault.file());
      }
    }
  }

  /**
   * What to load against faults in a file: the file, or its directory where there were faults in
   * other files of that directory, too.
   */
  String of(FaultKey key, String file) {
    int slash = file.lastIndexOf('/');
    String directory = slash <= 0 ? "" : file.substring(0, slash + 1);
    boolean others =
        files.getOrDefault(key, Set.of()).stream()
            .anyMatch(other ->
                !other.equals(file)
                    && other.lastIndexOf('/') == slash
                    && other.startsWith(directory));
    return !directory.isEmpty() && others ? directory : file;
  }
}
