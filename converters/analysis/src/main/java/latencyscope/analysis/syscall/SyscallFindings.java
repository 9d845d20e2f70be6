package latencyscope.analysis.syscall;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import latencyscope.analysis.Culprits;
import latencyscope.analysis.finding.Cost;
import latencyscope.analysis.finding.Count;
import latencyscope.analysis.finding.Finding;
import latencyscope.analysis.finding.Kind;
import latencyscope.analysis.finding.Severity;
import latencyscope.analysis.finding.Task;
import latencyscope.analysis.syscall.SyscallEvents.CallKey;
import latencyscope.analysis.syscall.SyscallEvents.LockKey;
import latencyscope.analysis.syscall.SyscallEvents.NapKey;
import latencyscope.analysis.tally.Tally;
import latencyscope.recording.Nanos;
import latencyscope.recording.Recording;
import latencyscope.recording.event.CodeStack;
import latencyscope.recording.thread.ThreadId;

/** Names which busy thread slept, waited for whose lock, and blocked in which call. */
final class SyscallFindings {
  private final Recording recording;
  private final SyscallFacts facts;
  private final SyscallEvents events;
  private final Culprits culprits;
  private final SyscallRemedy remedy;
  private final List<Finding> sleeps;
  private final List<Finding> locks;
  private final List<Finding> calls;
  private final List<Finding> samples;

  SyscallFindings(Recording recording, SyscallFacts facts, SyscallEvents events) {
    this.recording = recording;
    this.facts = facts;
    this.events = events;
    this.culprits = new Culprits(recording);
    this.remedy = new SyscallRemedy(recording);
    sleeps = findSleeps();
    locks = findLocks();
    calls = calls(false);
    samples = calls(true);
  }

  private record NapGroup(ThreadId thread, String call, boolean guarded) {}

  private record LockGroup(ThreadId thread, Task waker, String object, String mutex) {}

  private record CallGroup(ThreadId thread, String call, String file, boolean sampled) {}

  /** All findings, the worst first. */
  List<Finding> all() {
    List<Finding> findings = new ArrayList<>(sleeps);
    findings.addAll(locks);
    findings.addAll(calls);
    findings.addAll(samples);
    findings.sort(order());
    return findings;
  }

  private static Comparator<Finding> order() {
    return Comparator.comparing(Finding::severity)
        .reversed()
        .thenComparing(Comparator.comparing(Finding::totalNs).reversed())
        .thenComparing(finding -> finding.thread().osTid())
        .thenComparing(Finding::title);
  }

  /** Sleeps of busy threads, the worst first. */
  List<Finding> sleeps() {
    return sleeps;
  }

  private List<Finding> findSleeps() {
    List<Finding> findings = new ArrayList<>();
    Map<NapGroup, Tally.Sum<Nap>> groups =
        events.naps.by(
            key -> new NapGroup(key.thread(), key.call(), isGuarded(key)),
            key -> facts.matters(key.thread()));
    groups.forEach((group, sum) -> findings.add(sleep(group, sum)));
    findings.sort(order());
    return findings;
  }

  private boolean isGuarded(NapKey key) {
    return facts.guarded.contains(key.cpu());
  }

  private Finding sleep(NapGroup group, Tally.Sum<Nap> sum) {
    Nap worst = sum.worst();
    String text =
        String.format(
            Locale.ROOT,
            "%s recorded. The worst, on CPU %d, took %s",
            Count.words(sum.count(), "sleep"),
            worst.cpu(),
            Nanos.words(worst.duration()));
    if (worst.asked() >= 0) {
      text += "; " + Nanos.words(worst.asked()) + " were requested";
    }
    ThreadId thread = recording.latest(group.thread());
    return new Finding(
            SyscallFacts.MODULE,
            group.guarded() ? Severity.FAIL : Severity.WARN,
            thread.name() + " slept in " + group.call(),
            thread,
            null,
            new Cost(sum.count(), sum.total(), worst.duration(), worst.start()),
            text + busy(thread),
            remedy.againstSleep(worst))
        .about(Kind.SLEEP)
        .at(worst.stack().frames());
  }

  /** Contended waits of busy threads, the worst first. */
  List<Finding> locks() {
    return locks;
  }

  private List<Finding> findLocks() {
    List<Finding> findings = new ArrayList<>();
    Map<LockGroup, Tally.Sum<FutexWait>> groups =
        events.locks.by(this::group, key -> facts.matters(key.thread()));
    groups.forEach((group, sum) -> findings.add(lock(group, sum)));
    findings.addAll(
        new LockFindings(recording, facts, culprits, remedy).convoys(events.queues.accounts()));
    findings.sort(order());
    return findings;
  }

  private LockGroup group(LockKey key) {
    Task waker = key.waker() == null ? null : culprits.grouped(key.waker());
    return new LockGroup(key.thread(), waker, key.object(), key.mutex());
  }

  private Finding lock(LockGroup group, Tally.Sum<FutexWait> sum) {
    FutexWait worst = sum.worst();
    ThreadId thread = recording.latest(group.thread());
    String what =
        LockFindings.words(
            group.object() == null
                ? new LockQueues.LockId(group.mutex(), false, 0)
                : new LockQueues.LockId(group.object(), true, 0));
    String holder = group.waker() == null ? null : group.waker().name();
    Task waker = worst.waker() == null ? group.waker() : culprits.named(worst.waker());
    return new Finding(
            SyscallFacts.MODULE,
            Severity.WARN,
            thread.name()
                + " waited for "
                + what
                + (holder == null ? "" : " that " + holder + " held"),
            thread,
            waker,
            new Cost(sum.count(), sum.total(), worst.duration(), worst.start()),
            String.format(
                    Locale.ROOT,
                    "%s recorded%s. The worst began on CPU %d",
                    Count.words(sum.count(), "wait"),
                    holder == null ? "" : ", ended when the culprit released the lock",
                    worst.cpu())
                + withoutCpu(worst.runDelay())
                + busy(thread),
            remedy.againstLock(worst, holder))
        .about(Kind.LOCK)
        .waitingFor(what)
        .at(worst.stack().frames());
  }

  /** Blocking calls of busy threads, the worst first. */
  List<Finding> calls() {
    return calls;
  }

  /** Stops of busy threads by the flight recorder's sampler, the worst first. */
  List<Finding> samples() {
    return samples;
  }

  private List<Finding> calls(boolean sampled) {
    List<Finding> findings = new ArrayList<>();
    Map<CallGroup, Tally.Sum<BlockedCall>> groups =
        events.calls.by(
            SyscallFindings::group, key -> key.sampled() == sampled && facts.matters(key.thread()));
    groups.forEach((group, sum) -> findings.add(call(group, sum)));
    findings.sort(order());
    return findings;
  }

  private static CallGroup group(CallKey key) {
    return new CallGroup(key.thread(), key.call(), key.file(), key.sampled());
  }

  private Finding call(CallGroup group, Tally.Sum<BlockedCall> sum) {
    BlockedCall worst = sum.worst();
    ThreadId thread = recording.latest(group.thread());
    Task waker = worst.waker() == null ? null : culprits.named(worst.waker());
    return new Finding(
            SyscallFacts.MODULE,
            Severity.WARN,
            group.sampled()
                ? thread.name() + " was stopped by the flight recorder's sampler"
                : thread.name() + " blocked in " + group.call() + onFile(group.file()),
            thread,
            group.sampled() ? waker : null,
            new Cost(sum.count(), sum.total(), worst.duration(), worst.start()),
            (group.sampled() ? sampled(sum) : called(sum, waker) + madeAt(worst))
                + withoutCpu(worst.runDelay())
                + busy(thread),
            remedy.againstCall(worst))
        .about(Kind.CALL)
        .at(worst.stack().frames());
  }

  private static String end(BlockedCall call, Task waker) {
    if (waker == null) {
      return call.wakerKnown() ? "an interrupt ended it" : "what ended it is not known";
    }
    return call.wakerKnown()
        ? waker.describe() + " ended it"
        : waker.describe() + ", or an interrupt that came while it ran, ended it";
  }

  private static String called(Tally.Sum<BlockedCall> sum, Task waker) {
    return String.format(
        Locale.ROOT,
        "%s recorded. The worst, on CPU %d, returned %d; %s",
        Count.words(sum.count(), "call"),
        sum.worst().cpu(),
        sum.worst().result(),
        end(sum.worst(), waker));
  }

  private static String madeAt(BlockedCall call) {
    return CodeStack.place(call.stack().frames())
        .map(place -> "; it was made at " + place)
        .orElse("");
  }

  private static String sampled(Tally.Sum<BlockedCall> sum) {
    return String.format(
        Locale.ROOT,
        "%s recorded. The sampler stops a thread by a signal, whose handler waits in"
            + " rt_sigsuspend until the stack is read. The worst began on CPU %d",
        Count.words(sum.count(), "stop"),
        sum.worst().cpu());
  }

  private static String onFile(String file) {
    if (file == null || file.equals("none")) {
      return "";
    }
    return switch (file) {
      case "anonymous" -> " on an event descriptor";
      case "regular" -> " on a file";
      default -> " on a " + file;
    };
  }

  // What is left of a wait when it has ended, but there is no CPU to go on: no matter of the lock.
  private static String withoutCpu(long runDelay) {
    return runDelay < 1_000
        ? ""
        : "; for " + Nanos.words(runDelay) + " of it the thread was runnable without a CPU";
  }

  private String busy(ThreadId thread) {
    return String.format(
        Locale.ROOT,
        ". The thread is blocked %.0f %% of its time.",
        100 * facts.blockedShare(thread));
  }
}
