package latencyscope.analysis.cost;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import latencyscope.alpha.CostNode;
import latencyscope.alpha.CostRate;
import latencyscope.alpha.CostReport;
import latencyscope.analysis.syscall.ContendedLocks;
import latencyscope.jfr.schema.EventDescription;
import latencyscope.jfr.schema.EventFields;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.recording.Recording;
import latencyscope.recording.event.EventConsumer;
import latencyscope.recording.event.JvmEvent;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.thread.ThreadId;

/**
 * Adds up what the target's threads lost, and to whom, while a recording is read. Not safe for use
 * by several threads.
 *
 * <p>Only time in which a thread wanted to run and did not counts: waiting for a CPU, interrupts,
 * faults, shootdowns, and locks that others held. That a thread had nothing to do costs nothing.
 * Where the kernel counted every occurrence, its total stands, and what single events do not
 * explain of it is shown as such.
 */
public final class CostCollector implements EventConsumer {
  private static final int MAX_PATHS = 20_000;
  private static final String BELOW = "below the threshold, or lost";
  private static final String NOT_KNOWN = "not known";
  private static final EventDescription LOCKS = EventTypes.of(EventTypes.FUTEX_WAIT);
  private static final String ISOLATION = EventTypes.of(EventTypes.RUN_QUEUE_WAIT).module();

  private final Map<List<String>, long[]> paths = new LinkedHashMap<>();
  private final Map<Share, long[]> explained = new LinkedHashMap<>();
  private final ContendedLocks locks = new ContendedLocks(this::contended);

  private record Share(String measure, ThreadId thread) {}

  /** A cause of lost time, and the measure with which the kernel counted all of it. */
  private record Cause(String name, String measure) {}

  private static final Cause WAKEUP = new Cause("run queue, after wakeup", "runqueue_wakeup");
  private static final Cause PREEMPTED =
      new Cause("run queue, after preemption", "runqueue_preempted");

  /** Creates a collector that has seen nothing. */
  public CostCollector() {}

  @Override
  public void accept(KernelEvent event) {
    locks.accept(event);
    Cause cause = cause(event);
    if (cause == null || event.isOutside() || event.thread() == null || event.duration() <= 0) {
      return;
    }
    if (cause.measure() == null) {
      add(event, cause, culprit(event), event.duration(), 1);
    } else if (event.type().equals(EventTypes.WAIT_SHARE)) {
      add(event, cause, culprit(event), event.duration(), 0);
    } else {
      addWait(event, cause);
      sum(explained, new Share(cause.measure(), event.thread()), event.duration(), 1);
    }
  }

  // The culprit is charged for what it ran, others by the wait's shares, and the rest to nobody. It
  // is one wait, that of who ran longest.
  private void addWait(KernelEvent event, Cause cause) {
    boolean isShared = event.number(EventFields.SHARES) > 0;
    long known = event.number(isShared ? EventFields.ACCOUNTED : EventFields.CULPRIT_HELD);
    long held = Math.min(event.duration(), Math.max(0, known));
    boolean isKnown = held > 0;
    if (isKnown) {
      add(event, cause, culprit(event), isShared ? 0 : held, 1);
    }
    add(event, cause, NOT_KNOWN, event.duration() - held, isKnown ? 0 : 1);
  }

  private void add(KernelEvent event, Cause cause, String culprit, long nanos, long count) {
    if (nanos > 0 || count > 0) {
      List<String> path = List.of(event.module(), cause.name(), culprit, label(event.thread()));
      add(path, nanos, count);
    }
  }

  @Override
  public boolean wants(String type) {
    return locks.wants(type);
  }

  @Override
  public void accept(JvmEvent event) {
    locks.accept(event);
  }

  @Override
  public void endOfChunk() {
    locks.endOfChunk();
  }

  // Two kinds of waits are two causes: the kernel counts each, and they have other remedies.
  private static Cause cause(KernelEvent event) {
    if (isWait(event)) {
      return "preempted".equals(event.text(EventFields.KIND)) ? PREEMPTED : WAKEUP;
    }
    EventDescription known = EventTypes.of(event.type());
    return known == null || known.cost().isEmpty() ? null : new Cause(known.cost(), null);
  }

  private void contended(ThreadId thread, String culprit, long nanos) {
    if (nanos > 0) {
      String by = culprit == null ? NOT_KNOWN : culprit;
      add(List.of(LOCKS.module(), "contended lock", by, label(thread)), nanos, 1);
    }
  }

  private static String culprit(KernelEvent event) {
    EventDescription known = EventTypes.of(event.type());
    String named = known == null ? null : event.first(known.culprits());
    if (named != null) {
      return named;
    }
    return isWait(event) && event.number(EventFields.CULPRIT_HELD) > 0
        ? "idle CPU waking up"
        : NOT_KNOWN;
  }

  private static boolean isWait(KernelEvent event) {
    return event.type().equals(EventTypes.RUN_QUEUE_WAIT)
        || event.type().equals(EventTypes.WAIT_SHARE);
  }

  private static String label(ThreadId thread) {
    return thread.name().isEmpty() ? "thread " + thread.osTid() : thread.name();
  }

  private void add(List<String> path, long nanos, long count) {
    if (paths.size() < MAX_PATHS || paths.containsKey(path)) {
      sum(paths, path, nanos, count);
    } else {
      sum(paths, List.of(path.get(0), path.get(1), "others", path.get(3)), nanos, count);
    }
  }

  private static <K> void sum(Map<K, long[]> sums, K key, long nanos, long count) {
    long[] sum = sums.computeIfAbsent(key, k -> new long[2]);
    sum[0] += nanos;
    sum[1] += count;
  }

  /** The costs; called once, after the last event. */
  public CostReport report(CostRate rate, Recording recording) {
    locks.end();
    CostNode root = new CostNode("all");
    paths.forEach((path, sum) -> root.add(sum[0], sum[1], path));
    for (Cause cause : List.of(WAKEUP, PREEMPTED)) {
      recording
          .distributions(ISOLATION, cause.measure())
          .forEach((thread, all) -> {
            long[] events = explained.getOrDefault(new Share(cause.measure(), thread), new long[2]);
            long nanos = all.total() - events[0];
            long count = all.count() - events[1];
            if (nanos > 0 && count > 0) {
              root.add(nanos, count, List.of(ISOLATION, cause.name(), BELOW, label(thread)));
            }
          });
    }
    return new CostReport(rate, root);
  }
}
