package latencyscope.alpha;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import latencyscope.recording.EventConsumer;
import latencyscope.recording.KernelEvent;
import latencyscope.recording.Recording;
import latencyscope.recording.ThreadId;

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
  private static final String ISOLATION = "isolation";

  private final Map<List<String>, long[]> paths = new LinkedHashMap<>();
  private final Map<Share, long[]> explained = new LinkedHashMap<>();

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
    Cause cause = cause(event);
    if (cause == null || event.thread() == null || event.duration() <= 0) {
      return;
    }
    String culprit = culprit(event);
    add(List.of(event.module(), cause.name(), culprit, label(event.thread())), event.duration());
    if (cause.measure() != null) {
      sum(explained, new Share(cause.measure(), event.thread()), event.duration(), 1);
    }
  }

  private static Cause cause(KernelEvent event) {
    return switch (event.type()) {
      case "RunQueueWait" -> "preempted".equals(event.text("kind")) ? PREEMPTED : WAKEUP;
      case "HardIrq" -> new Cause("hard interrupt", null);
      case "SoftIrq" -> new Cause("softirq", null);
      case "LocalInterrupt" -> new Cause("local interrupt", null);
      case "PageFault" -> new Cause("page fault", null);
      case "TlbShootdown" -> new Cause("TLB shootdown", null);
      case "FutexWait" -> event.flag("contended") ? new Cause("contended lock", null) : null;
      default -> null;
    };
  }

  private static String culprit(KernelEvent event) {
    for (String field :
        List.of("culprit", "device", "vector", "waker", "owner", "region", "reason", "name")) {
      String text = event.text(field);
      if (text != null && !text.isEmpty()) {
        return text;
      }
    }
    boolean wait = event.type().equals("RunQueueWait");
    return wait && event.number("culpritHeld") > 0 ? "idle CPU waking up" : "not known";
  }

  private static String label(ThreadId thread) {
    return thread.name().isEmpty() ? "thread " + thread.osTid() : thread.name();
  }

  private void add(List<String> path, long nanos) {
    if (paths.size() < MAX_PATHS || paths.containsKey(path)) {
      sum(paths, path, nanos, 1);
    } else {
      sum(paths, List.of(path.get(0), path.get(1), "others", path.get(3)), nanos, 1);
    }
  }

  private static <K> void sum(Map<K, long[]> sums, K key, long nanos, long count) {
    long[] sum = sums.computeIfAbsent(key, k -> new long[2]);
    sum[0] += nanos;
    sum[1] += count;
  }

  /** The costs; called once, after the last event. */
  public CostReport report(CostRate rate, Recording recording) {
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
