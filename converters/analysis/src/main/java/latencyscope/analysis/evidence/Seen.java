package latencyscope.analysis.evidence;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import latencyscope.jfr.Schema;
import latencyscope.jfr.schema.EventDescription;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.recording.Recording;
import latencyscope.recording.event.Distribution;
import latencyscope.recording.thread.ThreadId;

/** What is in a recording, from which follows what else must be. */
final class Seen {
  private static final String PREFIX = EventDescription.PREFIX;
  private static final String OWN_THREADS = "latencyscope-";

  /** Fewer may have come after the events were drained and before the counts were read. */
  private static final long SOME = 10;

  /** The distributions of all that is an event if it is long enough. */
  private static final Map<String, List<String>> MEASURES =
      Map.of(
          EventTypes.RUN_QUEUE_WAIT, List.of("runqueue_wakeup", "runqueue_preempted"),
          EventTypes.PAGE_FAULT,
              List.of(
                  "fault_java_heap",
                  "fault_code_cache",
                  "fault_metaspace",
                  "fault_thread_stack",
                  "fault_mapped_file",
                  "fault_anonymous",
                  "fault_unknown"),
          EventTypes.FUTEX_WAIT, List.of("futex_woken", "futex_timed_out", "futex_interrupted"),
          EventTypes.SLEEP, List.of("sleep"),
          EventTypes.BLOCKING_SYSCALL, List.of("blocking_call"));

  /** What is counted only where the thread runs; others, as its CPU time, are of all CPUs. */
  private static final Pattern ON_CPU =
      Pattern.compile(".*_switches.*|migrations_.*|(minor|major)_faults.*|syscalls");

  private final Recording recording;
  private final Map<String, String> moduleOf = new HashMap<>();

  Seen(Recording recording) {
    this.recording = recording;
    Schema.types().forEach(type -> moduleOf.put(type.name(), type.module()));
  }

  /** Single events of a type. */
  long events(String type) {
    return recording.records().getOrDefault(PREFIX + type, 0L);
  }

  /** Single events of a module. */
  long eventsOf(String module) {
    return recording.records().entrySet().stream()
        .filter(records -> module.equals(moduleOf.get(records.getKey())))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /** Whether there was an event of a type, by the kernel's own distributions. */
  boolean mustHave(String type, long fromNs) {
    String module = moduleOf.get(PREFIX + type);
    long count = 0;
    long longest = 0;
    for (String measure : MEASURES.getOrDefault(type, List.of())) {
      for (Map.Entry<ThreadId, Distribution> of :
          recording.distributions(module, measure).entrySet()) {
        if (!isOwn(of.getKey())) {
          count += of.getValue().count();
          longest = Math.max(longest, of.getValue().max());
        }
      }
    }
    // A value that is known to three digits may be below the threshold.
    return fromNs == 0 ? count >= SOME : longest / 2 >= fromNs;
  }

  /** Whether a module has counted what it also has distributions of. */
  boolean mustHaveDistributions(String module) {
    boolean counted =
        recording.counters(module).byMeasure().values().stream()
            .anyMatch(threads -> threads.values().stream().anyMatch(count -> count >= SOME));
    // Every CPU has its timer, whatever the target does.
    return counted || module.equals("irq") || eventsOf(module) > 0;
  }

  /**
   * Threads of the target that ran where was captured, by what some modules counted there.
   *
   * @param which such as those of the application: a compiler on a CPU says nothing of the engine
   */
  int threads(List<String> modules, Predicate<ThreadId> which) {
    Set<ThreadId> threads = new HashSet<>();
    for (String module : modules) {
      recording
          .counters(module)
          .byMeasure()
          .forEach((measure, byThread) -> {
            if (ON_CPU.matcher(measure).matches()) {
              threads.addAll(byThread.keySet());
            }
          });
      threads.addAll(recording.threadsWithDistributions(module));
    }
    threads.removeIf(thread -> thread.osTid() <= 0 || isOwn(thread) || !which.test(thread));
    return threads.size();
  }

  boolean recorderLostData() {
    return recording.intervals().stream().anyMatch(interval -> !interval.isComplete("*"));
  }

  private static boolean isOwn(ThreadId thread) {
    return thread.name().startsWith(OWN_THREADS);
  }
}
