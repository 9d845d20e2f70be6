package latencyscope.truth.kernels;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;
import latencyscope.truth.account.OurAccount;
import latencyscope.truth.kernels.KernelCheck.Agreement;
import latencyscope.truth.workload.NumaWorkload;

/** What a {@link NumaWorkload} has recorded, against what the kernel has counted. */
final class NumaCheck {
  /** Whom the kernel's own trace says that it moves, or puts in another's place. */
  private static final Pattern MOVED = Pattern.compile("(?:src_|dst_|: )p?id=(\\d+)|pid=(\\d+)");

  /** Pages that the balancing had a thread move. */
  private static final Pattern BALANCED =
      Pattern.compile("-(\\d+) +\\[.*nr_succeeded=(\\d+).*reason=numa_misplaced");

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
    // The balancing may have this thread move a page of its own as well.
    long mover = ids.get("mover");
    long moved = ours.counter(mover, "pages_migrated") - ours.counter(mover, "pages_migrated_numa");
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
            balanced > 0 && balanced <= theirs,
            balanced + " of the machine's " + theirs));
    agreements.add(remoteFaults(ours, ids.get("remote"), facts));
    agreements.add(placement(ours, folder));
    long followed = ours.counter(ids.get("left-behind"), "pages_migrated_numa");
    agreements.add(
        new Agreement(
            "memory",
            "pages that followed a thread to its node",
            followed >= facts.get("followed"),
            followed + ", by move_pages " + facts.get("followed") + " are there now"));
    for (String thread : List.of("left-behind", "roamer")) {
      long pages = ours.counter(ids.get(thread), "pages_migrated_numa");
      long tracedPages = tracedPages(folder, ids.get(thread));
      agreements.add(
          new Agreement(
              "memory",
              "pages that the balancing had " + thread + " move",
              pages == tracedPages,
              pages + ", traced " + tracedPages));
    }
    agreements.add(moves(ours, folder));
    return agreements;
  }

  /** Moves of threads to where their memory is; the kernel traces them before they can fail. */
  private static Agreement moves(OurAccount ours, Path folder) throws IOException {
    Map<Long, Long> counted = new TreeMap<>();
    ours.events("Counter").stream()
        .filter(event -> event.getString("measure").equals("migrations_numa"))
        .forEach(
            event -> counted.merge(event.getLong("osThreadId"), event.getLong("value"), Long::sum));
    long all = 0;
    long allTraced = 0;
    List<String> wrong = new ArrayList<>();
    for (Map.Entry<Long, Long> thread : counted.entrySet()) {
      long traced = traced(folder, thread.getKey());
      all += thread.getValue();
      allTraced += traced;
      if (thread.getValue() > traced) {
        wrong.add("; thread " + thread.getKey() + ": " + thread.getValue() + ", traced " + traced);
      }
    }
    return new Agreement(
        "isolation",
        "moves of threads by the balancing",
        all >= 1 && wrong.isEmpty(),
        all + " in " + counted.size() + " threads, traced " + allTraced + String.join("", wrong));
  }

  /** Each fault in memory that a thread got from the other node, which move_pages says it is on. */
  private static Agreement remoteFaults(OurAccount ours, long thread, Map<String, Long> facts) {
    long begin = facts.get("remoteAt");
    long end = begin + NumaWorkload.REMOTE * 4_096L;
    long remote =
        ours.events("PageFault", thread).stream()
            .filter(fault -> fault.getLong("address") >= begin && fault.getLong("address") < end)
            .filter(fault -> fault.getInt("pageNode") == 0 && fault.getInt("cpuNode") == 1)
            .count();
    return new Agreement(
        "memory",
        "faults in pages of the other node",
        remote == NumaWorkload.REMOTE && facts.get("remote") == NumaWorkload.REMOTE,
        remote + " of " + NumaWorkload.REMOTE + ", by move_pages " + facts.get("remote"));
  }

  /** The heap's share on the second node, against the kernel's own list of all pages. */
  private static Agreement placement(OurAccount ours, Path folder) throws IOException {
    RecordedEvent heap = ours.eventsOf("jdk.GCHeapSummary").getLast();
    long begin = heap.getLong("heapSpace.start");
    long end = heap.getLong("heapSpace.reservedEnd");
    long[] theirs = new long[2];
    for (String line : Files.readAllLines(folder.resolve("numa_maps"))) {
      String[] words = line.split(" ");
      long at = Long.parseUnsignedLong(words[0], 16);
      for (String word : at >= begin && at < end ? words : new String[0]) {
        if (word.matches("N[01]=\\d+")) {
          theirs[word.charAt(1) - '0'] += Long.parseLong(word.substring(3));
        }
      }
    }
    long[] sampled = new long[2];
    for (RecordedEvent counter : ours.events("Counter")) {
      if (counter.getString("measure").equals("pages_sampled_java_heap")) {
        sampled[(int) counter.getLong("subjectId")] += counter.getLong("value");
      }
    }
    double share = (double) sampled[1] / (sampled[0] + sampled[1]);
    double expected = (double) theirs[1] / (theirs[0] + theirs[1]);
    return new Agreement(
        "memory",
        "share of the heap on the second node",
        theirs[1] > 0 && Math.abs(share - expected) < 0.05,
        String.format(
            Locale.ROOT,
            "%.3f of %d sampled pages, by numa_maps %.3f of %d",
            share,
            sampled[0] + sampled[1],
            expected,
            theirs[0] + theirs[1]));
  }

  private static long sum(OurAccount ours, String measure) {
    return ours.events("Counter").stream()
        .filter(event -> event.getString("measure").equals(measure))
        .mapToLong(event -> event.getLong("value"))
        .sum();
  }

  private static long traced(Path folder, long id) throws IOException {
    try (Stream<String> lines = Files.lines(folder.resolve("numa.trace"))) {
      return lines.filter(line -> line.contains("sched_") && names(line, id)).count();
    }
  }

  private static long tracedPages(Path folder, long id) throws IOException {
    try (Stream<String> lines = Files.lines(folder.resolve("numa.trace"))) {
      return lines
          .map(BALANCED::matcher)
          .filter(matcher -> matcher.find() && Long.parseLong(matcher.group(1)) == id)
          .mapToLong(matcher -> Long.parseLong(matcher.group(2)))
          .sum();
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
