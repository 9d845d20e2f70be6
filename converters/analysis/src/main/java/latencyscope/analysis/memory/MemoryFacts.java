package latencyscope.analysis.memory;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import latencyscope.analysis.Culprits;
import latencyscope.analysis.remedy.GuardedCpus;
import latencyscope.proc.CpuSet;
import latencyscope.recording.Recording;
import latencyscope.recording.event.Distribution;
import latencyscope.recording.fact.CounterTotals;
import latencyscope.recording.fact.ProbeState;
import latencyscope.recording.thread.ThreadId;

/**
 * What the kernel counted for the memory module: every occurrence, whatever was lost of the events.
 */
final class MemoryFacts {
  static final String MODULE = "memory";

  /** What a fault's address can belong to, as measures and as events name it. */
  static final List<String> REGIONS =
      List.of(
          "java_heap",
          "code_cache",
          "metaspace",
          "thread_stack",
          "mapped_file",
          "anonymous",
          "unknown");

  /** The kernel's reasons to flush a TLB that each have a counter. */
  static final List<String> FLUSH_REASONS =
      List.of(
          "task_switch",
          "remote_shootdown",
          "local_shootdown",
          "local_mm_shootdown",
          "remote_wrong_cpu");

  /** What is also counted where there are no probes. */
  private static final Set<String> IN_PROC = Set.of("minor_faults", "major_faults");

  static final List<String> STALLS = List.of("reclaim", "cgroup_reclaim", "compaction");

  final CpuSet guarded;
  final Map<String, Distribution> byRegion = new LinkedHashMap<>();
  final Distribution faults;
  final Distribution major;
  final Distribution shootdowns;
  final boolean faultsMeasured;
  final long durationNs;
  private final Map<ThreadId, Distribution> faultsByThread = new LinkedHashMap<>();
  private final Recording recording;
  private final CounterTotals counters;
  private final Set<String> attached = new LinkedHashSet<>();

  MemoryFacts(Recording recording) {
    this.recording = recording;
    guarded = GuardedCpus.of(recording);
    durationNs = recording.capturedNs(MODULE);
    counters = recording.counters(MODULE);
    recording.probes().stream()
        .filter(probe -> MODULE.equals(probe.module()) && probe.attached())
        .map(ProbeState::probe)
        .forEach(attached::add);
    Distribution all = Distribution.EMPTY;
    for (String region : REGIONS) {
      Map<ThreadId, Distribution> threads = recording.distributions(MODULE, "fault_" + region);
      Distribution sum = Distribution.EMPTY;
      for (Map.Entry<ThreadId, Distribution> thread : threads.entrySet()) {
        if (!Culprits.isOwn(thread.getKey().name())) {
          faultsByThread.merge(thread.getKey(), thread.getValue(), Distribution::plus);
          sum = sum.plus(thread.getValue());
        }
      }
      byRegion.put(region, sum);
      all = all.plus(sum);
    }
    faults = all;
    major = distribution("major_fault");
    shootdowns = distribution("shootdown");
    faultsMeasured = faults.count() > 0 || countedBy("minor_faults");
  }

  /** A distribution over all threads but the tool's own. */
  Distribution distribution(String measure) {
    return recording.distributions(MODULE, measure).entrySet().stream()
        .filter(thread -> !Culprits.isOwn(thread.getKey().name()))
        .map(Map.Entry::getValue)
        .reduce(Distribution.EMPTY, Distribution::plus);
  }

  /** A thread's distribution. */
  Distribution of(ThreadId thread, String distribution, Distribution ifNone) {
    return recording.distributions(MODULE, distribution).getOrDefault(thread, ifNone);
  }

  /** All faults of a thread whose length was measured. */
  Distribution faults(ThreadId thread) {
    return faultsByThread.getOrDefault(thread, Distribution.EMPTY);
  }

  /**
   * A count over all threads but the tool's own. One that never occurred is not written: it is 0 if
   * the probe that counts it was in place.
   */
  OptionalLong total(String measure) {
    Map<ThreadId, Long> threads = counters.byMeasure().get(measure);
    if (threads == null) {
      boolean inProc = IN_PROC.contains(measure) && recording.accounts(MODULE).isPresent();
      return inProc || countedBy(measure) ? OptionalLong.of(0) : OptionalLong.empty();
    }
    return OptionalLong.of(
        threads.entrySet().stream()
            .filter(thread -> !Culprits.isOwn(thread.getKey().name()))
            .mapToLong(Map.Entry::getValue)
            .sum());
  }

  /** Attempts to make huge pages of the target's small ones, by whomever, with that outcome. */
  OptionalLong collapses(String outcome) {
    return attached.contains("ls_collapse_huge_page")
        ? OptionalLong.of(ofSubjects(outcome))
        : OptionalLong.empty();
  }

  /** What the kernel counted on the whole host; what did not rise is not written. */
  OptionalLong onHost(String measure) {
    return attached.isEmpty() ? OptionalLong.empty() : OptionalLong.of(ofSubjects(measure));
  }

  /** A use of memory, and how many of its sampled pages were on each NUMA node. */
  record Placement(String region, Map<Long, Long> byNode) {
    long sampled() {
      return byNode.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  /** Where the target's memory is; nothing on a host with one node. */
  List<Placement> placements() {
    List<Placement> placements = new ArrayList<>();
    for (String region : REGIONS) {
      Map<Long, Long> byNode = new TreeMap<>();
      recording
          .subjectCounts(MODULE, "pages_sampled_" + region)
          .forEach((node, pages) -> byNode.merge(node.id(), pages, Long::sum));
      if (!byNode.isEmpty()) {
        placements.add(new Placement(region.replace('_', '-'), byNode));
      }
    }
    return placements;
  }

  private long ofSubjects(String measure) {
    return recording.subjectCounts(MODULE, measure).values().stream()
        .mapToLong(Long::longValue)
        .sum();
  }

  /** A thread's count; 0 if it has none. */
  long of(ThreadId thread, String measure) {
    return counters.of(thread, measure).orElse(0);
  }

  /** A thread's count; null if nothing of the module was counted. */
  Long counted(ThreadId thread, String measure) {
    return recording.hasCounters(MODULE) ? (Long) of(thread, measure) : null;
  }

  boolean countedBy(String measure) {
    if (measure.startsWith("tlb_") || measure.equals("shootdowns_sent")) {
      return attached.contains("ls_tlb_flush");
    }
    if (measure.startsWith("shootdowns_received")) {
      return attached.contains("ls_csd_function_entry") || attached.contains("ls_tlb_flush");
    }
    if (measure.startsWith("pages_migrated")) {
      return attached.contains("ls_migrate_pages");
    }
    return attached.stream().anyMatch(probe -> probe.startsWith("ls_page_faults_min"));
  }

  /** Every thread but the tool's own; those with most time in faults first. */
  List<ThreadId> threads() {
    Set<ThreadId> all = new LinkedHashSet<>(faultsByThread.keySet());
    counters.byMeasure().values().forEach(threads -> all.addAll(threads.keySet()));
    all.removeIf(thread -> Culprits.isOwn(thread.name()));
    List<ThreadId> sorted = new ArrayList<>(all);
    sorted.sort(
        Comparator.comparingLong((ThreadId thread) -> faults(thread).total())
            .reversed()
            .thenComparing(ThreadId::osTid));
    return sorted;
  }
}
