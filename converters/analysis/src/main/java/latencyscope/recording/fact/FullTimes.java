package latencyscope.recording.fact;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * In which stretches of time every occurrence that a module saw is in the recording, whatever the
 * thresholds: where the log of each CPU was read. Not safe for use by several threads.
 */
public final class FullTimes {
  private final Map<String, Map<Integer, List<Stretch>>> byModule = new TreeMap<>();

  /**
   * A stretch of time.
   *
   * @param from begin, nanoseconds since the epoch
   * @param until end, nanoseconds since the epoch
   */
  public record Stretch(long from, long until) {
    /** Length in nanoseconds. */
    public long ns() {
      return until - from;
    }
  }

  /** Adds what the log of one CPU holds of a module. */
  public void add(String module, int cpu, long from, long until) {
    byModule
        .computeIfAbsent(module, m -> new TreeMap<>())
        .computeIfAbsent(cpu, c -> new ArrayList<>())
        .add(new Stretch(from, until));
  }

  /** Modules of which a log was read, with the stretches in which those of all CPUs reach. */
  public Map<String, List<Stretch>> ofModules() {
    Map<String, List<Stretch>> all = new TreeMap<>();
    byModule.forEach((module, cpus) -> {
      List<Stretch> common = null;
      for (List<Stretch> cpu : cpus.values()) {
        List<Stretch> own = merged(cpu);
        common = common == null ? own : common(common, own);
      }
      all.put(module, List.copyOf(common));
    });
    return all;
  }

  /** A log that is read twice goes on where it was read to: two stretches that touch are one. */
  private static List<Stretch> merged(List<Stretch> stretches) {
    List<Stretch> sorted = new ArrayList<>(stretches);
    sorted.sort(Comparator.comparingLong(Stretch::from));
    List<Stretch> merged = new ArrayList<>();
    for (Stretch stretch : sorted) {
      Stretch last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
      // Ticks of the recorder are rounded to nanoseconds.
      if (last == null || stretch.from > last.until + 1_000) {
        merged.add(stretch);
      } else {
        merged.set(merged.size() - 1, new Stretch(last.from, Math.max(last.until, stretch.until)));
      }
    }
    return merged;
  }

  private static List<Stretch> common(List<Stretch> one, List<Stretch> other) {
    List<Stretch> common = new ArrayList<>();
    for (Stretch a : one) {
      for (Stretch b : other) {
        Stretch both = new Stretch(Math.max(a.from, b.from), Math.min(a.until, b.until));
        if (both.ns() > 0) {
          common.add(both);
        }
      }
    }
    return common;
  }
}
