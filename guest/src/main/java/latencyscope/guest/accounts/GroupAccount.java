package latencyscope.guest.accounts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import latencyscope.guest.event.EventSink;
import latencyscope.guest.facts.ControlGroup;
import latencyscope.guest.facts.RisingCounts;
import latencyscope.guest.facts.SubjectCounter;
import latencyscope.proc.KernelFile;

/**
 * What a process's control group was kept from: throttling by its CPU quota, and pressure (time in
 * which a task waited for CPU, memory or a disk). Where the kernel has no pressure of the group,
 * that of the host. Used by one thread at a time.
 *
 * <p>Source: {@code cpu.stat}, and {@code *.pressure} of the group or {@code /proc/pressure}.
 */
final class GroupAccount {
  private static final String GROUP = "cgroup";
  private static final String HOST = "host";
  private static final List<String> RESOURCES = List.of("cpu", "memory", "io");
  private static final long NS_IN_US = 1_000;

  private final Path root;
  private final ControlGroup group;
  private final RisingCounts<Measure> rises = new RisingCounts<>();
  private final Map<String, SubjectCounter> counters = new TreeMap<>();

  /** A count, and the kind of thing that it is of. */
  private record Measure(String name, String subject) implements Comparable<Measure> {
    String module() {
      return name.startsWith("pressure_memory") ? "memory" : "isolation";
    }

    @Override
    public int compareTo(Measure other) {
      return (name + subject).compareTo(other.name + other.subject);
    }
  }

  /**
   * Begins now.
   *
   * @param root {@code /} but in tests
   * @param process name of its folder in {@code /proc}
   * @param sink takes the events
   */
  GroupAccount(Path root, String process, EventSink sink) throws IllegalAccessException {
    this.root = root;
    group = new ControlGroup(root, process);
    for (String module : List.of("isolation", "memory")) {
      for (String subject : List.of(GROUP, HOST)) {
        counters.put(module + subject, new SubjectCounter(module, subject, sink));
      }
    }
    rises.take(read());
  }

  /** Commits what was counted since the last call, which is the given interval of ticks. */
  void commit(List<String> modules, long startTicks, long endTicks) {
    rises
        .take(read())
        .forEach((measure, by) -> {
          if (modules.contains(measure.module())) {
            counters
                .get(measure.module() + measure.subject)
                .commit(measure.name, 0, by, startTicks, endTicks);
          }
        });
  }

  private Map<Measure, Long> read() {
    Map<Measure, Long> counts = new TreeMap<>();
    group.find("cpu.stat").ifPresent(file -> readThrottling(file, counts));
    for (String resource : RESOURCES) {
      Optional<Path> ofGroup = group.find(resource + ".pressure");
      readPressure(
          resource,
          ofGroup.isPresent() ? GROUP : HOST,
          ofGroup.orElse(root.resolve("proc/pressure").resolve(resource)),
          counts);
    }
    return counts;
  }

  private static void readThrottling(Path file, Map<Measure, Long> counts) {
    for (String line : lines(file)) {
      String[] words = line.split(" ");
      long value = words.length == 2 ? number(words[1]) : 0;
      switch (words[0]) {
        case "nr_throttled" -> counts.put(new Measure("throttled_periods", GROUP), value);
        // The second version of control groups has microseconds, the first nanoseconds.
        case "throttled_usec" -> counts.put(new Measure("throttled_ns", GROUP), value * NS_IN_US);
        case "throttled_time" -> counts.put(new Measure("throttled_ns", GROUP), value);
        default -> {
          continue;
        }
      }
    }
  }

  // some avg10=0.00 avg60=0.00 avg300=0.00 total=12345
  private static void readPressure(
      String resource, String subject, Path file, Map<Measure, Long> counts) {
    for (String line : lines(file)) {
      int total = line.lastIndexOf("total=");
      int kind = line.indexOf(' ');
      if (total > 0 && kind > 0) {
        String name = "pressure_" + resource + "_" + line.substring(0, kind) + "_ns";
        long us = number(line.substring(total + "total=".length()));
        counts.put(new Measure(name, subject), us * NS_IN_US);
      }
    }
  }

  private static List<String> lines(Path file) {
    try {
      return Files.exists(file) ? KernelFile.lines(file) : new ArrayList<>();
    } catch (IOException notCounted) {
      return List.of(); // pressure may be off (psi=0), or the group gone
    }
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text.strip());
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
