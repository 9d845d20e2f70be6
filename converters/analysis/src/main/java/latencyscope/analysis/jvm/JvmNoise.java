package latencyscope.analysis.jvm;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import latencyscope.analysis.Culprits;
import latencyscope.analysis.Metrics;
import latencyscope.analysis.ServiceThreads;
import latencyscope.analysis.Table;
import latencyscope.analysis.finding.Task;
import latencyscope.analysis.isolation.Blame;
import latencyscope.analysis.tally.Tally;
import latencyscope.analysis.tally.Timed;
import latencyscope.jfr.schema.EventFields;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.jfr.schema.TaskField;
import latencyscope.proc.Role;
import latencyscope.recording.Recording;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.thread.ThreadId;

/**
 * What the JVM's own threads cost the application's: waits behind them, and interrupts that they
 * sent. Not safe for use by several threads.
 */
final class JvmNoise {
  private static final int ROWS = 6;

  private final Tally<Key, Hit> hits = new Tally<>(Hit::ns, Hit::key, Hit::key);

  /** Who hit whom, and how. */
  record Key(Task culprit, ThreadId victim, String how) {}

  private record Hit(Key key, long start, long ns) implements Timed {}

  void add(KernelEvent event) {
    switch (event.type()) {
      case EventTypes.RUN_QUEUE_WAIT, EventTypes.WAIT_SHARE -> Blame.of(event).forEach(this::add);
      case EventTypes.TLB_SHOOTDOWN -> add(event, EventFields.SENDER_TASK, "TLB shootdown");
      default -> {} // nobody but the thread itself did it
    }
  }

  private void add(Blame blame) {
    if (blame.isNamed() && blame.thread() != null) {
      Key key = new Key(blame.culprit(), blame.thread(), "waited behind it");
      hits.add(new Hit(key, blame.start(), blame.held()));
    }
  }

  private void add(KernelEvent event, TaskField task, String how) {
    Task culprit = Task.of(event, task);
    if (culprit != null && event.thread() != null) {
      hits.add(new Hit(new Key(culprit, event.thread(), how), event.start(), event.duration()));
    }
  }

  private record Line(Key key, Tally.Sum<Hit> sum) {}

  /** Those of the target's own service threads and the application's, the costliest first. */
  private List<Line> lines(Recording recording) {
    Culprits culprits = new Culprits(recording);
    Map<Key, Tally.Sum<Hit>> own =
        hits.by(
            key ->
                new Key(culprits.named(key.culprit()), recording.latest(key.victim()), key.how()),
            key ->
                culprits.isOfTarget(key.culprit())
                    && isService(culprits.named(key.culprit()).name())
                    && Role.of(key.victim().name()) == Role.APPLICATION);
    List<Line> lines = new ArrayList<>();
    own.forEach((key, sum) -> lines.add(new Line(key, sum)));
    lines.sort(Comparator.comparingLong((Line line) -> line.sum().total()).reversed());
    return lines;
  }

  private static boolean isService(String name) {
    return ServiceThreads.contains(name);
  }

  Table table(Recording recording) {
    List<Line> lines = lines(recording);
    List<List<Object>> rows = new ArrayList<>();
    for (Line line : lines.subList(0, Math.min(ROWS, lines.size()))) {
      rows.add(
          List.of(
              line.key().culprit().name() + " → " + line.key().victim().name(),
              line.sum().count(),
              Duration.ofNanos(line.sum().worst().ns()),
              Duration.ofNanos(line.sum().total())));
    }
    return new Table(
        "JVM service threads that delayed the application",
        List.of("Thread → hit", "Times", "Worst", "Total"),
        rows,
        lines.size() - rows.size());
  }

  List<Metrics> metrics(Recording recording) {
    List<Metrics> rows = new ArrayList<>();
    for (Line line : lines(recording)) {
      Metrics row = new Metrics();
      row.put("culprit", line.key().culprit().name());
      row.put("role", Role.of(line.key().culprit().name()).words());
      row.put("thread", line.key().victim().name());
      row.put("os_tid", line.key().victim().osTid());
      row.put("how", line.key().how());
      row.put("count", line.sum().count());
      row.put("total_ns", line.sum().total());
      rows.add(row.put("max_ns", line.sum().worst().ns()));
    }
    return rows;
  }
}
