package latencyscope.analysis.isolation;

import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import latencyscope.analysis.Culprits;
import latencyscope.analysis.Instants;
import latencyscope.analysis.Metrics;
import latencyscope.analysis.Percentiles;
import latencyscope.analysis.ServiceThreads;
import latencyscope.analysis.finding.Task;
import latencyscope.analysis.tally.Tally;
import latencyscope.recording.Recording;
import latencyscope.recording.event.Distribution;
import latencyscope.recording.thread.ThreadId;

/** Writes the isolation module's values under the keys of the JSON report. */
final class IsolationMetrics {
  private static final String NO_COUNTER = "the recording holds no kernel counter for it";
  private static final String NO_SCHEDSTAT = "schedstat was not recorded";
  private static final String NO_WAITS = "run queue waits were not measured";

  private static final int MAX_CULPRITS = 50;

  private final IsolationFacts facts;
  private final IsolationEvents events;
  private final Recording recording;
  private final Culprits culprits;

  IsolationMetrics(IsolationFacts facts, IsolationEvents events, Recording recording) {
    this.facts = facts;
    this.events = events;
    this.recording = recording;
    this.culprits = new Culprits(recording);
  }

  Metrics of(int violations) {
    Metrics metrics = new Metrics();
    OptionalLong switches = facts.sum(List.of("voluntary_switches", "involuntary_switches"));
    metrics.put("total_context_switches", switches, NO_COUNTER);
    for (String measure : List.of("voluntary_switches", "involuntary_switches")) {
      metrics.put(measure, facts.total(measure), NO_COUNTER);
    }
    metrics.put(
        "involuntary_switches_monitored",
        facts.total("involuntary_switches_monitored"),
        NO_COUNTER);
    metrics.put("total_migrations", facts.migrations(), NO_COUNTER);
    metrics.put("migrations_by_cause", migrationsByCause());
    metrics.put(
        "involuntary_migrations_monitored",
        facts.total("involuntary_migrations_monitored"),
        NO_COUNTER);
    runQueue(metrics);
    metrics.put("wakeup_wait", Percentiles.of(facts.wakeup, facts.waitsMeasured, NO_WAITS));
    metrics.put("preempted_wait", Percentiles.of(facts.preempted, facts.waitsMeasured, NO_WAITS));
    metrics.put("run_delay_ns", facts.total("run_delay_ns"), NO_SCHEDSTAT);
    metrics.put("run_delay_count", facts.total("run_delay_count"), NO_SCHEDSTAT);
    metrics.put("run_delay_asleep_ns", facts.runDelayAsleep(), NO_SCHEDSTAT);
    metrics.put("threads", facts.threads().stream().map(this::thread).toList());
    metrics.put("blame", blame());
    metrics.put("worst", events.worstWaits(culprits).stream().map(this::wait).toList());
    metrics.put("worst_involuntary", events.worstOffCpu().stream().map(this::offCpu).toList());
    return metrics.put("violations", violations);
  }

  private Metrics migrationsByCause() {
    Metrics byCause = new Metrics();
    for (String cause : IsolationFacts.CAUSES) {
      byCause.put(cause, facts.total("migrations_" + cause), NO_COUNTER);
    }
    return byCause;
  }

  private void runQueue(Metrics metrics) {
    Distribution waits = facts.waits;
    metrics.put(
        "runqueue_count", Percentiles.ifMeasured(waits.count(), facts.waitsMeasured), NO_WAITS);
    metrics.put(
        "runqueue_total_ns", Percentiles.ifMeasured(waits.total(), facts.waitsMeasured), NO_WAITS);
    boolean measured = facts.waitsMeasured;
    Percentiles.put(metrics, "runqueue", key -> key + "_runqueue_ns", waits, measured, NO_WAITS);
    // The names of the first release.
    Percentiles.putGates(metrics, key -> "runqueue_" + key + "_ns", waits, measured, NO_WAITS);
  }

  private Metrics thread(IsolationFacts.ThreadWaits waits) {
    ThreadId thread = recording.latest(waits.thread());
    Metrics row = new Metrics();
    row.put("thread", thread.name());
    row.put("os_tid", thread.osTid());
    row.put("java_tid", thread.isJava() ? (Long) thread.javaId() : null);
    row.put("jvm_service", ServiceThreads.contains(thread.name()));
    for (String measure : List.of("voluntary_switches", "involuntary_switches")) {
      row.put(measure, facts.of(thread, measure), NO_COUNTER);
    }
    Metrics byCause = new Metrics();
    for (String cause : IsolationFacts.CAUSES) {
      byCause.put(cause, facts.of(thread, "migrations_" + cause), NO_COUNTER);
    }
    row.put("migrations_by_cause", byCause);
    row.put("run_delay_ns", facts.of(thread, "run_delay_ns"), NO_SCHEDSTAT);
    row.put("run_delay_count", facts.of(thread, "run_delay_count"), NO_SCHEDSTAT);
    row.put("run_delay_asleep_ns", facts.runDelayAsleep(thread), NO_SCHEDSTAT);
    row.put("runqueue", Percentiles.ofMany(waits.all(), facts.waitsMeasured, NO_WAITS));
    return row.put(
        "preempted_wait", Percentiles.ofMany(waits.preempted(), facts.waitsMeasured, NO_WAITS));
  }

  /** Who held CPUs for how long while threads of the target waited, the costliest first. */
  private List<Metrics> blame() {
    return events.blames.by(key -> culprits.grouped(key.culprit()), key -> true).entrySet().stream()
        .sorted(Comparator.comparingLong(e -> -e.getValue().total()))
        .limit(MAX_CULPRITS)
        .map(e -> blame(e.getKey(), e.getValue()))
        .toList();
  }

  private Metrics blame(Task group, Tally.Sum<Blame> sum) {
    // Of a process as a whole, the name of the thread that was worst.
    String name = group.name().isEmpty() ? sum.worst().culprit().name() : group.name();
    Metrics row = new Metrics();
    row.put("culprit", task(new Task(name, group.tid(), group.pid(), group.work())));
    row.put("waits", sum.count());
    row.put("total_ns", sum.total());
    return row.put("max_ns", sum.worst().held());
  }

  private Metrics wait(RunQueueWait wait) {
    Metrics row = at(wait.thread(), wait.start(), wait.duration());
    row.put("cpu", wait.cpu());
    row.put("kind", wait.kind());
    row.put("culprit", wait.culprit() == null ? null : task(wait.culprit()));
    row.put(
        "culprit_priority", wait.culprit() == null ? null : (Long) (long) wait.culpritPriority());
    row.put("culprit_held_ns", wait.culpritHeld());
    row.put("accounted_ns", wait.accounted());
    row.put("tasks_between", wait.tasksBetween());
    return row.put("priority", wait.priority());
  }

  private Metrics offCpu(OffCpu off) {
    Metrics row = at(off.thread(), off.start(), off.duration());
    row.put("cpu", off.cpu());
    row.put("return_cpu", off.returnCpu());
    return row.put("next", off.next() == null ? null : task(off.next()));
  }

  private Metrics at(ThreadId named, long start, long duration) {
    ThreadId thread = recording.latest(named);
    Metrics row = new Metrics();
    row.put("thread", thread.name());
    row.put("os_tid", thread.osTid());
    row.put("at", Instants.iso(start));
    row.put("at_ns", start);
    return row.put("duration_ns", duration);
  }

  private Metrics task(Task unnamed) {
    Task task = culprits.named(unnamed);
    Metrics row = new Metrics();
    row.put("name", task.name());
    row.put("pid", task.pid());
    row.put("tid", task.tid());
    return row.put("work", task.work());
  }
}
