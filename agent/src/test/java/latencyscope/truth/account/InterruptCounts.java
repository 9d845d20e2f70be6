package latencyscope.truth.account;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The kernel's own counts of interrupts, from copies of {@code /proc/interrupts} and {@code
 * /proc/softirqs}.
 *
 * @param counts by row, such as {@code 36}, {@code LOC} or {@code NET_RX}, and CPU
 */
public record InterruptCounts(Map<String, List<Long>> counts) {
  public static InterruptCounts read(Path file) throws IOException {
    Map<String, List<Long>> counts = new HashMap<>();
    int cpus = 0;
    for (String line : Files.readAllLines(file)) {
      String[] words = line.strip().split("\\s+");
      if (words[0].startsWith("CPU")) {
        cpus = words.length;
      } else if (words.length > cpus) { // ERR and MIS are not by CPU
        counts.put(
            words[0].replace(":", ""),
            List.of(words).subList(1, cpus + 1).stream().map(Long::valueOf).toList());
      }
    }
    return new InterruptCounts(counts);
  }

  public Set<String> rows() {
    return new TreeSet<>(counts.keySet());
  }

  public int cpus() {
    return counts.get("LOC").size();
  }

  public long of(String row, int cpu) {
    return counts.getOrDefault(row, List.of()).size() > cpu ? counts.get(row).get(cpu) : 0;
  }
}
