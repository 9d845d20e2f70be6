package latencyscope.analysis.syscall;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import latencyscope.analysis.Culprits;
import latencyscope.analysis.ServiceThreads;
import latencyscope.analysis.remedy.GuardedCpus;
import latencyscope.proc.CpuSet;
import latencyscope.recording.Recording;
import latencyscope.recording.event.Distribution;
import latencyscope.recording.event.Subject;
import latencyscope.recording.fact.CounterTotals;
import latencyscope.recording.fact.ProbeState;
import latencyscope.recording.thread.ThreadId;

/**
 * What the kernel counted for the syscall module: every occurrence, whatever was lost of the
 * events.
 */
public final class SyscallFacts {
  public static final String MODULE = "syscall";

  /**
   * The share of its time beyond which a thread that waits for something to do is idle: a pool, a
   * housekeeper, a receiver between two packets. What it does then can wait, too.
   */
  private static final double IDLE = 0.9;

  final CpuSet guarded;
  final Distribution woken;
  final Distribution timedOut;
  final Distribution interrupted;
  final Distribution futexWaits;
  final Distribution sleeps;
  final Distribution overslept;
  final Distribution blockingCalls;
  final boolean measured;
  private final Recording recording;
  private final CounterTotals counters;
  private final Map<ThreadId, Long> heldUpNs;

  SyscallFacts(Recording recording, SyscallEvents events) {
    this.recording = recording;
    guarded = GuardedCpus.of(recording);
    counters = recording.counters(MODULE);
    woken = all("futex_woken");
    timedOut = all("futex_timed_out");
    interrupted = all("futex_interrupted");
    futexWaits = woken.plus(timedOut).plus(interrupted);
    sleeps = all("sleep");
    overslept = all("overslept");
    blockingCalls = all("blocking_call");
    measured = probesSound(recording.probes()) || counters.total("syscalls").isPresent();
    heldUpNs = events.heldUpNs();
  }

  private Distribution all(String measure) {
    return recording.distribution(MODULE, measure).orElse(Distribution.EMPTY);
  }

  private static boolean probesSound(List<ProbeState> probes) {
    List<ProbeState> own = probes.stream().filter(p -> MODULE.equals(p.module())).toList();
    return !own.isEmpty() && own.stream().allMatch(ProbeState::attached);
  }

  /** A count over all threads; one that never occurred is not written, and is 0. */
  OptionalLong total(String measure) {
    OptionalLong total = counters.total(measure);
    return total.isEmpty() && measured ? OptionalLong.of(0) : total;
  }

  /** A count of one thread. */
  long of(ThreadId thread, String measure) {
    return counters.of(thread, measure).orElse(0);
  }

  Distribution of(ThreadId thread, List<String> measures) {
    return measures.stream()
        .map(m -> recording.distributions(MODULE, m).getOrDefault(thread, Distribution.EMPTY))
        .reduce(Distribution.EMPTY, Distribution::plus);
  }

  /** Share of its time that a thread was blocked, 0 to 1; 0 if it was never seen to block. */
  double blockedShare(ThreadId thread) {
    return share(of(thread, "blocked_ns"), of(thread, "active_ns"));
  }

  /** Whether a thread had nothing to do for nearly all of its time. */
  boolean isIdle(ThreadId thread) {
    long heldUp = heldUpNs.getOrDefault(thread, 0L);
    long idle = Math.max(0, of(thread, "blocked_ns") - heldUp);
    return share(idle, of(thread, "active_ns") + heldUp) >= IDLE;
  }

  private boolean isIdleKnown() {
    return counters.byMeasure().containsKey("blocked_ns")
        || counters.byMeasure().containsKey("active_ns")
        || counters.byMeasure().containsKey("syscalls");
  }

  private static double share(long part, long rest) {
    return part == 0 ? 0 : (double) part / (part + rest);
  }

  /**
   * Whether a thread's waits matter: not an idle one's, not the JVM's own, not the tool's; no
   * thread's where it was not counted how long it was blocked.
   */
  boolean matters(ThreadId unnamed) {
    ThreadId thread = recording.latest(unnamed);
    return isIdleKnown()
        && !ServiceThreads.contains(thread.name())
        && !Culprits.isOwn(thread.name())
        && !isIdle(thread);
  }

  /** All threads that made a call, those that were blocked longest first. */
  List<ThreadId> threads() {
    Set<ThreadId> threads = new LinkedHashSet<>();
    counters.byMeasure().values().forEach(byThread -> threads.addAll(byThread.keySet()));
    threads.removeIf(thread -> thread.osTid() == 0 || Culprits.isOwn(thread.name()));
    List<ThreadId> sorted = new ArrayList<>(threads);
    sorted.sort(
        Comparator.comparingLong((ThreadId thread) -> of(thread, "blocked_ns"))
            .reversed()
            .thenComparing(ThreadId::osTid));
    return sorted;
  }

  /** A call by name, and all times that it blocked. */
  record Call(String name, Distribution blocked) {}

  /** The calls that blocked, those that took longest in all first. */
  List<Call> calls() {
    Map<String, Distribution> byName = new LinkedHashMap<>();
    recording
        .subjectDistributions(MODULE, "blocked")
        .forEach((subject, blocked) -> byName.merge(name(subject), blocked, Distribution::plus));
    List<Call> calls = new ArrayList<>();
    byName.forEach((name, blocked) -> calls.add(new Call(name, blocked)));
    calls.sort(
        Comparator.comparingLong((Call call) -> call.blocked().total())
            .reversed()
            .thenComparing(Call::name));
    return calls;
  }

  private static String name(Subject subject) {
    return subject.name() == null ? "syscall " + subject.id() : subject.name();
  }
}
