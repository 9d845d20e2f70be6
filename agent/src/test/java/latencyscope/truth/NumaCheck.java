package latencyscope.truth;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import latencyscope.truth.KernelCheck.Agreement;
import latencyscope.truth.workload.NumaWorkload;

/** What a {@link NumaWorkload} has recorded, against what the kernel has counted. */
final class NumaCheck {
  /** Whom the kernel's own trace says that it moves, or puts in another's place. */
  private static final Pattern MOVED = Pattern.compile("(?:src_|dst_|: )p?id=(\\d+)|pid=(\\d+)");

  private NumaCheck() {}

  static List<Agreement> of(Path folder) throws IOException {
    OurAccount ours = OurAccount.read(folder.resolve("end.jfr"));
    Map<String, Long> ids = new HashMap<>();
    Map<String, Long> facts = new HashMap<>();
    for (String line : Files.readAllLines(folder.resolve("accounts.txt"))) {
      String[] words = line.split(" ");
      if (words[0].equals("name")) {
        ids.put(words[2], Long.valueOf(words[1]));
      } else {
        facts.put(words[0], Long.valueOf(words[1]));
      }
    }
    List<Agreement> agreements = new ArrayList<>();
    long moved = ours.counter(ids.get("mover"), "pages_migrated");
    agreements.add(
        new Agreement(
            "memory",
            "pages moved by move_pages",
            moved == facts.get("moved") && moved == NumaWorkload.MOVED,
            moved + " of " + facts.get("moved")));
    long balanced = sum(ours, "pages_migrated_numa");
    long theirs = vmstat(folder, "after") - vmstat(folder, "before");
    agreements.add(
        new Agreement(
            "memory",
            "pages moved by the balancing, of all threads",
            balanced > 0 && balanced <= theirs && balanced >= 0.9 * theirs,
            balanced + " of the machine's " + theirs));
    long followed = ours.counter(ids.get("left-behind"), "pages_migrated_numa");
    agreements.add(
        new Agreement(
            "memory",
            "pages that followed a thread to its node",
            followed >= facts.get("followed") && facts.get("followed") > 0,
            followed + ", by move_pages " + facts.get("followed") + " are there now"));
    for (String thread : List.of("left-behind", "roamer")) {
      long traced = traced(folder, ids.get(thread));
      long counted = ours.counter(ids.get(thread), "migrations_numa");
      agreements.add(
          new Agreement(
              "isolation",
              "moves of " + thread + " for NUMA",
              counted <= traced,
              counted + ", traced " + traced));
    }
    return agreements;
  }

  private static long sum(OurAccount ours, String measure) {
    return ours.events("Counter").stream()
        .filter(event -> event.getString("measure").equals(measure))
        .mapToLong(event -> event.getLong("value"))
        .sum();
  }

  private static long traced(Path folder, long id) throws IOException {
    try (Stream<String> lines = Files.lines(folder.resolve("numa.trace"))) {
      return lines.filter(line -> names(line, id)).count();
    }
  }

  private static boolean names(String line, long id) {
    Matcher matcher = MOVED.matcher(line);
    while (matcher.find()) {
      String found = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
      if (Long.parseLong(found) == id) {
        return true;
      }
    }
    return false;
  }

  private static long vmstat(Path folder, String at) throws IOException {
    return Files.readAllLines(folder.resolve("vmstat." + at)).stream()
        .filter(line -> line.startsWith("numa_pages_migrated "))
        .mapToLong(line -> Long.parseLong(line.split(" ")[1]))
        .findFirst()
        .orElseThrow();
  }
}
