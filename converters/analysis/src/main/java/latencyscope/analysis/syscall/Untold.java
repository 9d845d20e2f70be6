package latencyscope.analysis.syscall;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import latencyscope.analysis.evidence.KeptEvents;
import latencyscope.analysis.finding.Count;
import latencyscope.recording.Recording;
import latencyscope.recording.thread.ThreadId;
import org.HdrHistogram.AbstractHistogram;

/**
 * Waits of Java threads of which the kernel side knows the length, and nobody the reason: the
 * recording has the JVM's own events only from a threshold on, which is 20 ms in the JDK's
 * profiles. A shorter one may have been a sleep, or a wait for a lock; a longer one was neither.
 *
 * @param count how many
 * @param thread the thread with the most
 * @param why the JVM's event of them is not there, of the type with the highest threshold
 */
record Untold(long count, ThreadId thread, String why) {
  private static final List<String> OF_SLEEPS = List.of("jdk.ThreadSleep");
  private static final List<String> OF_LOCKS = List.of("jdk.ThreadPark", "jdk.JavaMonitorEnter");

  /** Those that may be sleeps, of the Java threads among some; empty if there is none. */
  static Optional<Untold> sleeps(
      SyscallEvents events, Recording recording, Predicate<ThreadId> which) {
    return of(OF_SLEEPS, events, recording, which);
  }

  /** The same of those that may be waits for locks. */
  static Optional<Untold> locks(
      SyscallEvents events, Recording recording, Predicate<ThreadId> which) {
    return of(OF_LOCKS, events, recording, which);
  }

  private static Optional<Untold> of(
      List<String> types, SyscallEvents events, Recording recording, Predicate<ThreadId> which) {
    String type = types.stream().max(Comparator.comparing(t -> below(recording, t))).get();
    long below = below(recording, type);
    Map<ThreadId, Long> counts = new TreeMap<>(Comparator.comparing(ThreadId::osTid));
    events
        .untold()
        .forEach((thread, lengths) -> {
          ThreadId named = recording.latest(thread);
          long count = shorter(lengths, below);
          if (count > 0 && named.isJava() && which.test(named)) {
            counts.merge(named, count, Long::sum);
          }
        });
    long all = counts.values().stream().mapToLong(Long::longValue).sum();
    return counts.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .map(most ->
            new Untold(all, most.getKey(), KeptEvents.whyNotAll(recording.jvmSettings(), type)));
  }

  private static long below(Recording recording, String type) {
    return recording.jvmSettings().keptFrom(type).orElse(Long.MAX_VALUE);
  }

  private static long shorter(AbstractHistogram lengths, long below) {
    if (below > lengths.getMaxValue()) {
      return lengths.getTotalCount();
    }
    return below == 0 ? 0 : lengths.getCountBetweenValues(0, below - 1);
  }

  /** The same as a reason why a question has no answer. */
  String words() {
    return Count.words(count, "wait") + " without a reason, most of " + thread.name() + ": " + why;
  }
}
