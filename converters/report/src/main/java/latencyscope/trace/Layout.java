package latencyscope.trace;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import latencyscope.jfr.schema.EventFields;
import latencyscope.recording.event.EventConsumer;
import latencyscope.recording.event.JvmEvent;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.event.MeasuredInterval;
import latencyscope.recording.thread.ThreadId;
import latencyscope.timeline.Slice;
import latencyscope.timeline.Slices;

/**
 * What has to be known of all slices before the first is written: when the first begins, which lie
 * on their thread's own row, and what delayed each event of the program. Takes all events once, in
 * the order in which they are read again. Not safe for use by several threads.
 */
final class Layout implements EventConsumer, Closeable {
  private static final int IN_MEMORY = 1 << 16;
  private static final int NONE = -1;

  /** Place of a slice that is on another row, such as a CPU's, and took time of the thread. */
  private static final int ELSEWHERE = -1;

  // Beyond this, names are as many as events: a cause is then one of those that came before.
  private static final int MOST_NAMES = 20_000;

  private final Slices slices;
  private final Tasks tasks;
  private final ExternalSorter<Span> spans = new ExternalSorter<>(Span.BY_THREAD, IN_MEMORY);
  private final Map<ThreadId, Integer> threads = new HashMap<>();
  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<String> names = new ArrayList<>();
  private final Set<Integer> ofProgram = new HashSet<>();
  private final Map<Integer, Delay> delays = new HashMap<>();
  private long first;
  private int count;
  private int[] rows = new int[0];

  /**
   * What delayed an event of the program.
   *
   * @param cause the longest that happened to its thread meanwhile; null if nothing did
   * @param causeNs how long that took of it
   * @param preemptor the task that took the CPU away for longest; null if none did
   */
  record Delay(String cause, long causeNs, String preemptor) {}

  /**
   * @param begin no later than this does the trace begin, nanoseconds since the epoch
   */
  Layout(Tasks tasks, long begin) {
    this.tasks = tasks;
    slices = new Slices(this::add, tasks::fullName);
    first = begin;
  }

  @Override
  public boolean wants(String type) {
    return slices.wants(type);
  }

  @Override
  public void accept(KernelEvent event) {
    tasks.note(event);
    slices.accept(event);
  }

  @Override
  public void acceptExemplar(KernelEvent event) {
    tasks.note(event);
    slices.acceptExemplar(event);
  }

  @Override
  public void accept(JvmEvent event) {
    slices.accept(event);
  }

  @Override
  public void accept(MeasuredInterval interval) {
    begins(interval.start());
  }

  // Only in a damaged recording is anything older than the epoch.
  private void begins(long time) {
    first = time > 0 ? Math.min(first, time) : first;
  }

  private void add(Slice slice) {
    begins(slice.start());
    boolean own = slice.lane().thread() != null;
    boolean kernels = !slice.module().equals(Slice.JVM);
    if (!own && (slice.thread() == null || !kernels)) {
      return;
    }
    Integer thread = threads.computeIfAbsent(slice.thread(), t -> threads.size());
    int type = number(slice.type());
    boolean program = isOfProgram(slice);
    if (program) {
      ofProgram.add(type);
    }
    Map<String, Object> details = slice.details();
    tasks.rename(details);
    Object preemptor = preemptor(details);
    try {
      spans.add(
          new Span(
              thread,
              type,
              slice.start(),
              slice.end(),
              own ? count++ : ELSEWHERE,
              kernels ? number(slice.name()) : NONE,
              preemptor == null ? NONE : number(preemptor.toString())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether a slice is an event of the engine's own. */
  static boolean isOfProgram(Slice slice) {
    return slice.module().equals(Slice.JVM)
        && !String.valueOf(slice.details().get("event")).startsWith("jdk.");
  }

  private static Object preemptor(Map<String, Object> details) {
    if (Boolean.FALSE.equals(details.get(EventFields.VOLUNTARY.name()))) {
      return details.get(EventFields.NEXT.name());
    }
    return "preempted".equals(details.get(EventFields.KIND.name()))
        ? details.get(EventFields.CULPRIT.name())
        : null;
  }

  private int number(String name) {
    Integer known = numbers.get(name);
    if (known == null && names.size() < MOST_NAMES) {
      known = names.size();
      numbers.put(name, known);
      names.add(name);
    }
    return known == null ? NONE : known;
  }

  /** Finds out; called once, when all events were there. */
  void complete() throws IOException {
    rows = new int[count];
    Set<Long> asynchronous = asynchronous();
    int[] thread = {NONE};
    SpanStack stack = new SpanStack(type -> asynchronous.contains(Pair.of(thread[0], type)));
    List<Pending> open = new ArrayList<>();
    spans.drain(span -> {
      if (span.thread() != thread[0]) {
        close(open, Long.MAX_VALUE);
      }
      thread[0] = span.thread();
      if (span.place() != ELSEWHERE) {
        rows[span.place()] = stack.row(span);
      }
      close(open, span.start());
      open.forEach(pending -> pending.add(span));
      if (ofProgram.contains(span.type())) {
        open.add(new Pending(span));
      }
    });
    close(open, Long.MAX_VALUE);
  }

  /** Types that overlap themselves on a thread, or often what the thread itself did. */
  private Set<Long> asynchronous() throws IOException {
    Conflicts conflicts = new Conflicts(ofProgram);
    spans.drain(span -> {
      if (span.place() != ELSEWHERE) {
        conflicts.add(span);
      }
    });
    return conflicts.asynchronous();
  }

  private void close(List<Pending> open, long time) {
    Iterator<Pending> pending = open.iterator();
    while (pending.hasNext()) {
      Pending next = pending.next();
      if (next.event.end() <= time) {
        delays.put(next.event.place(), next.delay());
        pending.remove();
      }
    }
  }

  /** An event of the program, and what has been seen to happen during it. */
  private final class Pending {
    private final Span event;
    private int cause = NONE;
    private long causeNs;
    private int preemptor = NONE;
    private long preemptorNs;

    Pending(Span event) {
      this.event = event;
    }

    void add(Span span) {
      long ns = Math.min(span.end(), event.end()) - span.start();
      if (span.cause() != NONE && ns > causeNs) {
        cause = span.cause();
        causeNs = ns;
      }
      if (span.preemptor() != NONE && ns > preemptorNs) {
        preemptor = span.preemptor();
        preemptorNs = ns;
      }
    }

    Delay delay() {
      return new Delay(
          cause == NONE ? null : names.get(cause),
          causeNs,
          preemptor == NONE ? null : names.get(preemptor));
    }
  }

  /** Begin of the earliest, nanoseconds since the epoch. */
  long first() {
    return first == Long.MAX_VALUE ? 0 : first;
  }

  /**
   * Where a slice of a thread lies.
   *
   * @param place how many slices of threads came before it
   */
  int row(int place) {
    return rows[place];
  }

  /** What delayed an event of the program; null if it is none. */
  Delay delay(int place) {
    return delays.get(place);
  }

  @Override
  public void close() throws IOException {
    spans.close();
  }
}
