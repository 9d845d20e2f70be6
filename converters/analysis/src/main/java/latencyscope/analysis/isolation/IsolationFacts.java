package latencyscope.analysis.isolation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.ToLongFunction;
import latencyscope.analysis.Culprits;
import latencyscope.analysis.remedy.GuardedCpus;
import latencyscope.proc.CpuSet;
import latencyscope.recording.Recording;
import latencyscope.recording.event.Distribution;
import latencyscope.recording.fact.CounterTotals;
import latencyscope.recording.fact.ProbeState;
import latencyscope.recording.thread.ThreadId;

/**
 * What the kernel counted for the isolation module: every occurrence, whatever was lost of the
 * events.
 */
public final class IsolationFacts {
  public static final String MODULE = "isolation";

  /** The last are moves that the scheduler counted and the kernel did not trace. */
  static final List<String> CAUSES =
      List.of("wake", "balance", "affinity", "numa", "exec", "untraced");

  private static final String ASLEEP = "run_delay_asleep_ns";
  private static final Set<String> SWITCHES =
      Set.of("voluntary_switches", "involuntary_switches", "involuntary_switches_monitored");

  public final CpuSet guarded;
  final Distribution wakeup;
  final Distribution preempted;
  final Distribution waits;
  final boolean waitsMeasured;
  private final Map<ThreadId, Distribution> wakeupByThread;
  private final Map<ThreadId, Distribution> preemptedByThread;
  private final CounterTotals counters;
  private final boolean probesSound;

  /** Whether there are counts from {@code /proc} alone. */
  private final boolean accounts;

  public IsolationFacts(Recording recording) {
    guarded = GuardedCpus.of(recording);
    wakeupByThread = recording.distributions(MODULE, "runqueue_wakeup");
    preemptedByThread = recording.distributions(MODULE, "runqueue_preempted");
    counters = recording.counters(MODULE);
    probesSound = probesSound(recording.probes());
    accounts = recording.accounts(MODULE).isPresent();
    Optional<Distribution> woken = recording.distribution(MODULE, "runqueue_wakeup");
    Optional<Distribution> evicted = recording.distribution(MODULE, "runqueue_preempted");
    wakeup = woken.orElse(Distribution.EMPTY);
    preempted = evicted.orElse(Distribution.EMPTY);
    waits = wakeup.plus(preempted);
    waitsMeasured = woken.isPresent() || evicted.isPresent() || probesSound;
  }

  private static boolean probesSound(List<ProbeState> probes) {
    List<ProbeState> own = probes.stream().filter(p -> MODULE.equals(p.module())).toList();
    return !own.isEmpty() && own.stream().allMatch(ProbeState::attached);
  }

  /**
   * A count over all threads. One that never occurred is not written: it is 0 if the probes that
   * count it were in place, or counted another of its kind.
   */
  OptionalLong total(String measure) {
    OptionalLong total = counters.total(measure);
    return total.isEmpty() && countedWith(measure) ? OptionalLong.of(0) : total;
  }

  /** Nanoseconds of {@code run_delay_ns} in which the thread slept; 0 if there is no such count. */
  OptionalLong runDelayAsleep() {
    return accounts || counters.total("run_delay_ns").isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(counters.total(ASLEEP).orElse(0));
  }

  /** The same of one thread. */
  OptionalLong runDelayAsleep(ThreadId thread) {
    return accounts || counters.total("run_delay_ns").isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(counters.of(thread, ASLEEP).orElse(0));
  }

  private boolean countedWith(String measure) {
    if (measure.startsWith("run_delay")) {
      return false; // the scheduler's own account, which may be missing whatever the probes do
    }
    boolean isSwitch = SWITCHES.contains(measure);
    return probesSound
        || counters.byMeasure().keySet().stream()
            .anyMatch(m -> isSwitch ? SWITCHES.contains(m) : m.contains("migrations"));
  }

  OptionalLong sum(List<String> measures) {
    long sum = 0;
    for (String measure : measures) {
      OptionalLong total = total(measure);
      if (total.isEmpty()) {
        return total;
      }
      sum += total.getAsLong();
    }
    return OptionalLong.of(sum);
  }

  OptionalLong migrations() {
    return sum(CAUSES.stream().map(cause -> "migrations_" + cause).toList());
  }

  OptionalLong of(ThreadId thread, String measure) {
    OptionalLong count = counters.of(thread, measure);
    return count.isEmpty() && countedWith(measure) ? OptionalLong.of(0) : count;
  }

  /** Everything that one thread waited for, and its waits after being preempted. */
  record ThreadWaits(ThreadId thread, Distribution all, Distribution preempted) {}

  /** All threads that waited or were counted, those that waited longest in all first. */
  List<ThreadWaits> threads() {
    Map<ThreadId, ThreadWaits> threads = new LinkedHashMap<>();
    counters.byMeasure().values().stream()
        .flatMap(byThread -> byThread.keySet().stream())
        .forEach(thread -> threads.computeIfAbsent(thread, this::waitsOf));
    wakeupByThread.keySet().forEach(t -> threads.computeIfAbsent(t, this::waitsOf));
    preemptedByThread.keySet().forEach(t -> threads.computeIfAbsent(t, this::waitsOf));
    threads.keySet().removeIf(thread -> thread.osTid() == 0 || Culprits.isOwn(thread.name()));
    ToLongFunction<ThreadWaits> total = waits -> waits.all().total();
    List<ThreadWaits> sorted = new ArrayList<>(threads.values());
    sorted.sort(
        Comparator.comparingLong(total).reversed().thenComparing(waits -> waits.thread().osTid()));
    return sorted;
  }

  private ThreadWaits waitsOf(ThreadId thread) {
    Distribution evicted = preemptedByThread.getOrDefault(thread, Distribution.EMPTY);
    Distribution woken = wakeupByThread.getOrDefault(thread, Distribution.EMPTY);
    return new ThreadWaits(thread, woken.plus(evicted), evicted);
  }
}
