package latencyscope.analysis.syscall;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import latencyscope.analysis.Culprits;
import latencyscope.analysis.Metrics;
import latencyscope.analysis.finding.Task;
import latencyscope.proc.Role;
import latencyscope.recording.Recording;
import latencyscope.recording.fact.CaptureInfo;
import latencyscope.recording.thread.ThreadId;

/** Writes what is known of each contended lock under the keys of the JSON report. */
final class LockMetrics {
  private static final int MAX_LOCKS = 100;
  private static final int MAX_THREADS = 50;
  private static final String FACT = "jvm_mutexes";
  private static final String NAMED = " named";

  private final Recording recording;
  private final Culprits culprits;

  LockMetrics(Recording recording) {
    this.recording = recording;
    culprits = new Culprits(recording);
  }

  /** The locks that cost most. */
  List<Metrics> of(List<LockAccount> accounts) {
    return accounts.stream().limit(MAX_LOCKS).map(this::lock).toList();
  }

  private Metrics lock(LockAccount account) {
    Metrics row = new Metrics();
    row.put("name", account.lock().name(), whyUnnamed());
    row.put("kind", account.lock().java() ? "java" : "native");
    row.put("address", account.lock().address());
    row.put("wait_count", account.all().count());
    row.put("wait_total_ns", account.all().totalNs());
    row.put("wait_max_ns", account.all().maxNs());
    row.put("convoy_count", account.convoys());
    row.put("longest_queue", account.longestQueue());
    row.put("holders", holders(account));
    return row.put("waiters", waiters(account));
  }

  private List<Metrics> holders(LockAccount account) {
    List<Metrics> rows = new ArrayList<>();
    for (Map.Entry<Task, Long> holder : account.all().holders(culprits::named)) {
      if (rows.size() == MAX_THREADS) {
        break;
      }
      Metrics row = new Metrics();
      row.put("thread", holder.getKey().name());
      row.put("tid", holder.getKey().tid());
      row.put("pid", holder.getKey().pid());
      row.put("role", Role.of(holder.getKey().name()).words());
      rows.add(row.put("waited_for_ns", holder.getValue()));
    }
    return rows;
  }

  private List<Metrics> waiters(LockAccount account) {
    return account.all().waiters().entrySet().stream()
        .sorted(
            Comparator.comparingLong(
                    (Map.Entry<ThreadId, LockAccount.Waits> entry) -> entry.getValue().total())
                .reversed()
                .thenComparing(entry -> entry.getKey().osTid()))
        .limit(MAX_THREADS)
        .map(entry -> waiter(recording.latest(entry.getKey()), entry.getValue()))
        .toList();
  }

  private static Metrics waiter(ThreadId thread, LockAccount.Waits waits) {
    Metrics row = new Metrics();
    row.put("thread", thread.name());
    row.put("os_tid", thread.osTid());
    row.put("role", Role.of(thread.name()).words());
    row.put("count", waits.count());
    row.put("total_ns", waits.total());
    return row.put("max_ns", waits.worst().blockedNs());
  }

  private String whyUnnamed() {
    String fact = recording.hostFacts().get(FACT);
    if (fact != null && fact.endsWith(NAMED)) {
      return "the futex belongs to no named mutex of the JVM: malloc or other native code uses it";
    }
    CaptureInfo capture = recording.capture();
    String reason = fact == null ? "" : ": " + fact;
    return capture.targetJvm() == null
        ? "only an agent in the target can read the names of the JVM's mutexes" + reason
        : "the names of this JVM's mutexes are not in the recording" + reason;
  }
}
