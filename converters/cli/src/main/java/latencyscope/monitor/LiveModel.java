package latencyscope.monitor;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jdk.jfr.consumer.RecordedEvent;
import latencyscope.jfr.schema.EventDescription;
import latencyscope.jfr.schema.EventFields;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.ledger.Cause;
import latencyscope.ledger.Names;
import latencyscope.ledger.Span;
import latencyscope.ledger.SpanReader;
import latencyscope.ledger.safepoint.Safepoints;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.thread.ThreadId;

/**
 * The last minute of a capture that goes on, from its events. Memory is bounded, whatever comes.
 * Safe for use by several threads.
 */
public final class LiveModel {
  private static final int MOST_STALLS = 64;

  /** An event from further in the future has a damaged time. */
  private static final long MOST_AHEAD_NS = 5_000_000_000L;

  private static final int MOST_MISSING = 8;

  private final Map<Long, LiveType> types = new HashMap<>();
  private final LiveThreads threads = new LiveThreads();
  private final Stalls stalls = new Stalls();
  private final CpuView cpus = new CpuView();
  private final Map<String, Long> floors = new HashMap<>();
  private final Map<String, String> missing = new TreeMap<>();
  private final SpanReader reader;
  private long events;
  private long recordsLost;
  private long latest;
  private long until;

  /**
   * Of one process.
   *
   * @param pid its id
   */
  public LiveModel(long pid) {
    reader = new SpanReader(new Names(pid, threads.names()), new Safepoints());
  }

  /** Takes an event of a stream. */
  public synchronized void add(RecordedEvent event) {
    events++;
    if (!event.getEventType().getName().startsWith(EventDescription.PREFIX)) {
      return;
    }
    LiveType type =
        types.computeIfAbsent(
            event.getEventType().getId(), id -> new LiveType(event.getEventType()));
    Object[] values = {event};
    switch (type.simpleName()) {
      case EventTypes.COUNTER -> count(type, values);
      case EventTypes.RECORDS_LOST -> recordsLost += type.number(values, EventFields.COUNT, 0);
      case EventTypes.BUDGET_EXCEEDED ->
          floors.put(
              String.valueOf(type.text(values, EventFields.EVENT_TYPE)),
              type.number(values, EventFields.FLOOR, 0));
      case EventTypes.PROBE_STATUS -> probe(type, values);
      default -> {
        if (EventTypes.of(type.simpleName()) != null) {
          add(type.view(event));
        }
      }
    }
  }

  /** How many events it has taken. */
  public synchronized long events() {
    return events;
  }

  private void count(LiveType type, Object[] values) {
    LiveThread thread = threads.get(type.number(values, EventFields.OS_THREAD_ID, 0));
    if (thread != null && type.text(values, EventFields.SUBJECT) == null) {
      thread.count(
          type.text(values, EventFields.MODULE) + "." + type.text(values, EventFields.MEASURE),
          type.number(values, EventFields.VALUE_NUMBER, 0));
    }
  }

  private void probe(LiveType type, Object[] values) {
    String reason = type.text(values, EventFields.REASON);
    String probe =
        type.text(values, EventFields.MODULE) + ", " + type.text(values, EventFields.PROBE);
    if (reason == null) {
      missing.remove(probe);
    } else if (missing.size() < MOST_MISSING) {
      missing.put(probe, probe + ": " + reason);
    }
  }

  /** Takes an event of a thread. */
  synchronized void add(KernelEvent event) {
    ThreadId id = event.thread();
    if (id.osTid() <= 0) {
      return;
    }
    long end = event.start() + event.duration();
    latest = Math.max(latest, end);
    LiveThread thread = threads.of(id, end);
    if (thread == null) {
      return;
    }
    List<Span> spans = reader.of(event);
    for (Span span : spans) {
      if (span.cause() != null && span.end() > span.start()) {
        thread.add(span);
      }
    }
    if (isStall(event.type())) {
      spans.stream()
          .filter(span -> span.cause() != null && LostTime.isLost(span.cause()))
          .filter(span -> span.end() > span.start())
          .forEach(span -> stalled(thread, span));
    }
  }

  // The same wait is in these as a part, and has an event of its own.
  private static boolean isStall(String type) {
    return !type.equals(EventTypes.CONTEXT_SWITCH) && !type.equals(EventTypes.WAIT_SHARE);
  }

  private void stalled(LiveThread thread, Span span) {
    Stall stall =
        new Stall(
            thread.id(),
            span.start(),
            span.end() - span.start(),
            span.cause(),
            span.culprit(),
            span.detail(),
            span.cpu());
    stalls.add(stall);
    thread.add(stall);
    if (span.cause() == Cause.RUNNABLE) {
      cpus.waited(stall);
    }
  }

  /**
   * All events until a time have been added. Windows end then, or with the latest event.
   *
   * @param time nanoseconds since the epoch
   */
  public synchronized void complete(long time) {
    threads.all().forEach(LiveThread::charge);
    until = Math.max(until, Math.max(time, Math.min(latest, time + MOST_AHEAD_NS)));
  }

  /**
   * Takes a look at the machine.
   *
   * @param busy share of its time that each CPU did something
   * @param running ids of the target's threads that ran, or were ready to, by CPU
   */
  public synchronized void looked(
      Map<Integer, Double> busy, Map<Integer, Map<Long, String>> running) {
    Map<Integer, List<String>> names = new HashMap<>();
    running.forEach((cpu, byId) ->
        names.put(
            cpu,
            byId.entrySet().stream()
                .map(entry -> {
                  ThreadId known = threads.names().get(entry.getKey());
                  return known == null || known.name().isEmpty() ? entry.getValue() : known.name();
                })
                .sorted()
                .toList()));
    cpus.looked(busy, names);
  }

  /** Takes full names of threads, by their ids. */
  public synchronized void learn(Map<Long, String> fullNames) {
    threads.learn(fullNames);
  }

  /** What is to be seen now. */
  public synchronized Snapshot snapshot(View view) {
    LiveThread one = view.thread() == 0 ? null : threads.get(view.thread());
    List<ThreadRow> rows =
        threads.all().stream()
            .filter(thread -> one == null || thread == one)
            .map(thread -> new ThreadRow(thread.id(), thread.sum(until, view.seconds())))
            .sorted(view.order().rows())
            .toList();
    return new Snapshot(
        until,
        view,
        rows,
        threads.leftOut(),
        recordsLost,
        floors.values().stream().mapToLong(Long::longValue).max().orElse(0),
        List.copyOf(missing.values()),
        one == null ? stalls.worst(until, view.seconds(), MOST_STALLS) : one.stalls(),
        one == null ? Map.of() : one.counts(),
        cpus.rows(until, view.seconds()));
  }
}
