package latencyscope.analysis.syscall;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.ToLongFunction;
import latencyscope.analysis.Metrics;
import latencyscope.analysis.Percentiles;
import latencyscope.analysis.ServiceThreads;
import latencyscope.recording.Recording;
import latencyscope.recording.event.Distribution;
import latencyscope.recording.thread.ThreadId;

/** Writes the syscall module's values under the keys of the JSON report. */
final class SyscallMetrics {
  private static final String NOT_WATCHED = "system calls were not watched";
  private static final List<String> FUTEX =
      List.of("futex_woken", "futex_timed_out", "futex_interrupted");
  private static final OptionalLong NONE = OptionalLong.empty();

  private final SyscallFacts facts;
  private final SyscallEvents events;
  private final Recording recording;
  private final LockMetrics locks;

  SyscallMetrics(SyscallFacts facts, SyscallEvents events, Recording recording) {
    this.facts = facts;
    this.events = events;
    this.recording = recording;
    locks = new LockMetrics(recording);
  }

  Metrics of(int violations) {
    Metrics metrics = new Metrics();
    metrics.put("syscall_count", facts.total("syscalls"), NOT_WATCHED);
    metrics.put("restarted_count", facts.total("restarts"), NOT_WATCHED);
    Distribution waits = facts.futexWaits;
    metrics.put("futex_wait_count", measured(waits.count()), NOT_WATCHED);
    metrics.put("futex_total_ns", measured(waits.total()), NOT_WATCHED);
    Percentiles.put(
        metrics,
        "futex",
        key -> key.equals("max") ? "futex_max_wait_ns" : "futex_" + key + "_ns",
        waits,
        facts.measured,
        NOT_WATCHED);
    metrics.put("futex_value_changed_count", facts.total("futex_value_changed"), NOT_WATCHED);
    metrics.put("futex_waits_by_outcome", byOutcome());
    metrics.put("futex_waits_by_reason", byReason(events::count));
    long contended = events.count(WaitReason.LOCK) + events.count(WaitReason.NATIVE_LOCK);
    put(
        metrics,
        "contended_wait_count",
        contended,
        Untold.locks(events, recording, SyscallMetrics::isApplications));
    long sleeps = facts.sleeps.count() + events.javaSleeps();
    put(
        metrics,
        "sleep_event_count",
        sleeps,
        Untold.sleeps(events, recording, SyscallMetrics::isApplications));
    metrics.put("blocking_io_count", measured(facts.blockingCalls.count()), NOT_WATCHED);
    metrics.put("sleep", Percentiles.of(facts.sleeps, facts.measured, NOT_WATCHED));
    metrics.put("overslept", Percentiles.of(facts.overslept, facts.measured, NOT_WATCHED));
    metrics.put("blocking", Percentiles.of(facts.blockingCalls, facts.measured, NOT_WATCHED));
    metrics.put("calls", facts.calls().stream().map(SyscallMetrics::call).toList());
    metrics.put("locks", locks.of(events.queues.accounts()));
    metrics.put("threads", facts.threads().stream().map(this::thread).toList());
    return metrics.put("violations", violations);
  }

  // What may be one of these, and what nothing says of: then their number is not known.
  private void put(Metrics metrics, String name, long count, Optional<Untold> untold) {
    metrics.put(
        name,
        untold.isPresent() ? NONE : measured(count),
        untold.map(Untold::words).orElse(NOT_WATCHED));
  }

  private static boolean isApplications(ThreadId thread) {
    return !ServiceThreads.contains(thread.name());
  }

  private OptionalLong measured(long value) {
    return Percentiles.ifMeasured(value, facts.measured);
  }

  private Metrics byOutcome() {
    Metrics byOutcome = new Metrics();
    byOutcome.put("woken", measured(facts.woken.count()), NOT_WATCHED);
    byOutcome.put("timed_out", measured(facts.timedOut.count()), NOT_WATCHED);
    return byOutcome.put("other", measured(facts.interrupted.count()), NOT_WATCHED);
  }

  private Metrics byReason(ToLongFunction<WaitReason> counts) {
    Metrics byReason = new Metrics();
    for (WaitReason reason : WaitReason.values()) {
      byReason.put(reason.key(), measured(counts.applyAsLong(reason)), NOT_WATCHED);
    }
    return byReason;
  }

  private static Metrics call(SyscallFacts.Call call) {
    Metrics row = new Metrics();
    row.put("name", call.name());
    row.put("count", call.blocked().count());
    row.put("total_ns", call.blocked().total());
    return row.put("max_ns", call.blocked().max());
  }

  private Metrics thread(ThreadId thread) {
    Metrics row = new Metrics();
    row.put("thread", thread.name());
    row.put("os_tid", thread.osTid());
    row.put("java_tid", thread.isJava() ? (Long) thread.javaId() : null);
    row.put("jvm_service", ServiceThreads.contains(thread.name()));
    row.put("idle", facts.isIdle(thread));
    for (String measure : List.of("blocked_ns", "active_ns")) {
      row.put(measure, facts.of(thread, measure));
    }
    row.put("syscall_count", facts.of(thread, "syscalls"));
    row.put("futex_wait_count", facts.of(thread, FUTEX).count());
    row.put("futex_waits_by_reason", byReason(reason -> events.count(thread, reason)));
    row.put("sleep_count", facts.of(thread, List.of("sleep")).count());
    return row.put("blocking_io_count", facts.of(thread, List.of("blocking_call")).count());
  }
}
