package latencyscope.analysis.syscall;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import latencyscope.analysis.Culprits;
import latencyscope.analysis.finding.Cost;
import latencyscope.analysis.finding.Finding;
import latencyscope.analysis.finding.Kind;
import latencyscope.analysis.finding.Severity;
import latencyscope.analysis.finding.Task;
import latencyscope.analysis.tally.Timed;
import latencyscope.proc.Role;
import latencyscope.recording.Nanos;
import latencyscope.recording.Recording;
import latencyscope.recording.thread.ThreadId;

/** Says of each lock that several threads waited for at once who held it and who waited. */
final class LockFindings {
  private static final int NAMED = 6;

  private final Recording recording;
  private final SyscallFacts facts;
  private final Culprits culprits;
  private final SyscallRemedy remedy;

  LockFindings(Recording recording, SyscallFacts facts, Culprits culprits, SyscallRemedy remedy) {
    this.recording = recording;
    this.facts = facts;
    this.culprits = culprits;
    this.remedy = remedy;
  }

  /** One finding for each lock with a convoy in which a thread waited that matters. */
  List<Finding> convoys(List<LockAccount> accounts) {
    List<Finding> findings = new ArrayList<>();
    for (LockAccount account : accounts) {
      account.queued().waiters().entrySet().stream()
          .filter(entry -> facts.matters(entry.getKey()))
          .max(Comparator.comparingLong(entry -> entry.getValue().total()))
          .ifPresent(victim -> findings.add(finding(account, victim.getKey())));
    }
    return findings;
  }

  private Finding finding(LockAccount account, ThreadId victim) {
    List<LockAccount.Waits> mattering =
        account.queued().waiters().entrySet().stream()
            .filter(entry -> facts.matters(entry.getKey()))
            .map(Map.Entry::getValue)
            .toList();
    FutexWait worst =
        mattering.stream()
            .map(LockAccount.Waits::worst)
            .max(Timed.byCost(FutexWait::blockedNs))
            .orElseThrow();
    List<Map.Entry<Task, Long>> holders = account.queued().holders(culprits::named);
    Task holder = holders.isEmpty() ? null : holders.get(0).getKey();
    String lock = words(account.lock());
    return new Finding(
            SyscallFacts.MODULE,
            Severity.WARN,
            account.queued().waiters().size()
                + " threads queued for "
                + lock
                + (holder == null ? "" : " that " + holder.name() + " held"),
            recording.latest(victim),
            holder,
            new Cost(
                mattering.stream().mapToLong(LockAccount.Waits::count).sum(),
                mattering.stream().mapToLong(LockAccount.Waits::total).sum(),
                worst.blockedNs(),
                worst.start()),
            evidence(account),
            remedy.againstLock(worst, holder == null ? null : holder.name()))
        .about(Kind.LOCK)
        .waitingFor(lock)
        .at(worst.stack().frames());
  }

  private String evidence(LockAccount account) {
    LockAccount.Sums worst = LockAccount.Sums.of(account.worst());
    String times =
        account.convoys() == 1
            ? "Once"
            : String.format(Locale.ROOT, "%,d times", account.convoys());
    return times
        + ", with up to "
        + account.longestQueue()
        + " threads at once. Worst queue: held by "
        + holders(worst, account.worst())
        + "; waiting: "
        + waiters(worst)
        + ".";
  }

  private String holders(LockAccount.Sums sums, LockQueues.Queue queue) {
    if (sums.holders(culprits::named).isEmpty()) {
      return "an unknown thread";
    }
    // Threads that queue at once all count the same stretch of a holder: the longest is its time.
    Map<String, Long> longest = new LinkedHashMap<>();
    for (Map<Task, Long> parts : queue.parts()) {
      parts.forEach((task, ns) -> longest.merge(named(culprits.named(task).name()), ns, Math::max));
    }
    return listed(longest);
  }

  private String waiters(LockAccount.Sums sums) {
    Map<String, Long> waited = new LinkedHashMap<>();
    sums.waiters()
        .forEach((thread, waits) ->
            waited.merge(named(recording.latest(thread).name()), waits.total(), Long::sum));
    return listed(waited);
  }

  private static String listed(Map<String, Long> times) {
    String all =
        times.entrySet().stream()
            .sorted(
                Map.Entry.<String, Long>comparingByValue()
                    .reversed()
                    .thenComparing(Map.Entry.comparingByKey()))
            .limit(NAMED)
            .map(entry -> entry.getKey() + " for " + Nanos.words(entry.getValue()))
            .collect(Collectors.joining(", "));
    int more = times.size() - NAMED;
    return more <= 0 ? all : all + " and " + more + " more";
  }

  /** A thread with its role in the JVM, if it is not the application's. */
  static String named(String thread) {
    Role role = Role.of(thread);
    return role == Role.APPLICATION ? thread : thread + " (" + role.words() + ")";
  }

  /** A lock as the object of a sentence. */
  static String words(LockQueues.LockId lock) {
    if (lock.java()) {
      return "a lock (" + simple(lock.name()) + ")";
    }
    return lock.name() == null ? "a native mutex" : lock.name();
  }

  /** {@code java.util.concurrent.locks.ReentrantLock$NonfairSync} is a ReentrantLock. */
  static String simple(String className) {
    String name = className.substring(className.lastIndexOf('.') + 1);
    int nested = name.indexOf('$');
    return nested > 0 && className.startsWith("java.") ? name.substring(0, nested) : name;
  }
}
