package latencyscope.ledger.lost;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import latencyscope.jfr.schema.EventDescription;
import latencyscope.ledger.Ledger;
import latencyscope.ledger.Window;
import latencyscope.ledger.explain.LedgerReading;
import latencyscope.ledger.safepoint.GarbageCollections;
import latencyscope.proc.Role;
import latencyscope.recording.Recording;
import latencyscope.recording.event.EventConsumer;
import latencyscope.recording.event.JvmEvent;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.fact.CaptureInterval;
import latencyscope.recording.fact.CounterTotals;
import latencyscope.recording.thread.ThreadId;

/**
 * Finds out what the threads that matter lost of their time. Takes a recording's events twice: by
 * the first reading it learns which threads these are. Used by one thread.
 */
public final class LostTimeReading implements EventConsumer {
  private static final String MODULE = "isolation";
  private static final String JDK = "jdk.";

  /** So many threads are looked into, those that wanted to run most. */
  private static final int THREADS = 8;

  /** So many where none is busy or declared. */
  private static final int ACTIVE = 3;

  private static final double BUSY = 0.5;

  // Of a program that makes a type for each of its orders, or records on every thread of a pool.
  private static final int TYPES = 100;
  private static final int DECLARED = 1_000;

  private final LedgerReading ledgers = new LedgerReading();
  private final Map<String, Operations> operations = new LinkedHashMap<>();
  private final Stops stops = new Stops();
  private final Set<ThreadId> declared = new LinkedHashSet<>();
  private Recording recording;
  private List<Chosen> chosen = List.of();

  private record Chosen(ThreadId thread, ThreadLoss.Why why) {}

  /** Creates one that knows nothing. */
  public LostTimeReading() {}

  @Override
  public void accept(KernelEvent event) {
    ledgers.accept(event);
  }

  @Override
  public void acceptExemplar(KernelEvent event) {
    ledgers.acceptExemplar(event);
  }

  @Override
  public boolean wants(String type) {
    return ledgers.wants(type) || isOfProgram(type);
  }

  private static boolean isOfProgram(String type) {
    return !type.startsWith(JDK) && !type.startsWith(EventDescription.PREFIX);
  }

  @Override
  public void accept(JvmEvent event) {
    if (ledgers.wants(event.type())) {
      ledgers.accept(event);
    }
    if (event.type().equals(GarbageCollections.TYPE)) {
      stops.add(event);
    }
    if (isOfProgram(event.type())) {
      operation(event);
    }
  }

  private void operation(JvmEvent event) {
    ThreadId thread = event.thread();
    boolean room = operations.size() < TYPES || operations.containsKey(event.type());
    if (event.duration() <= 0 || thread == null || thread.osTid() <= 0 || !room) {
      return;
    }
    if (declared.size() < DECLARED) {
      declared.add(thread);
    }
    operations
        .computeIfAbsent(event.type(), Operations::new)
        .add(thread, event.start(), event.duration());
  }

  /**
   * What takes the recording's events for the second time; empty if no thread matters.
   *
   * @param read all that is not a single event
   */
  public Optional<EventConsumer> secondReading(Recording read) {
    recording = read;
    chosen = choose();
    return chosen.isEmpty()
        ? Optional.empty()
        : Optional.of(ledgers.secondReading(recording, windows()));
  }

  private List<CaptureInterval> intervals() {
    return recording.intervals(MODULE);
  }

  private List<Window> windows() {
    List<Window> windows = new ArrayList<>();
    for (Chosen one : chosen) {
      for (CaptureInterval interval : intervals()) {
        windows.add(
            new Window(null, MODULE, one.thread(), interval.start(), interval.end(), false));
      }
    }
    return windows;
  }

  private List<Chosen> choose() {
    long captured = recording.capturedNs(MODULE);
    if (captured == 0 || intervals().isEmpty()) {
      return List.of();
    }
    CounterTotals counters = recording.counters(MODULE);
    Set<ThreadId> named = new LinkedHashSet<>();
    declared.forEach(thread -> named.add(recording.latest(thread)));
    boolean all = !recording.capture().threads().isEmpty();
    // Counts of one that was born meanwhile may be those of a thread that Java does not know.
    Set<String> java = new HashSet<>();
    recording.threads().stream()
        .filter(ThreadId::isJava)
        .forEach(thread -> java.add(thread.osTid() + thread.name()));
    List<Chosen> candidates = new ArrayList<>();
    for (ThreadId thread : recording.threads()) {
      long wanted = wanted(counters, thread);
      boolean isDouble = !thread.isJava() && java.contains(thread.osTid() + thread.name());
      if (thread.osTid() <= 0
          || Role.of(thread.name()) != Role.APPLICATION
          || wanted == 0
          || isDouble) {
        continue;
      }
      boolean busy = wanted >= BUSY * captured;
      boolean isDeclared = named.contains(thread) || all;
      candidates.add(
          new Chosen(
              thread,
              busy
                  ? ThreadLoss.Why.BUSY
                  : isDeclared ? ThreadLoss.Why.DECLARED : ThreadLoss.Why.ACTIVE));
    }
    candidates.sort(
        Comparator.comparing(Chosen::why)
            .thenComparing(one -> -wanted(counters, one.thread()))
            .thenComparing(one -> one.thread().osTid()));
    boolean any = candidates.stream().anyMatch(one -> one.why() != ThreadLoss.Why.ACTIVE);
    return candidates.stream()
        .filter(one -> !any || one.why() != ThreadLoss.Why.ACTIVE)
        .limit(any ? THREADS : ACTIVE)
        .toList();
  }

  /** How long a thread ran or could have run, nanoseconds. */
  private static long wanted(CounterTotals counters, ThreadId thread) {
    long wanted =
        counters.of(thread, "cpu_time_ns").orElse(0)
            + counters.of(thread, "run_delay_ns").orElse(0);
    return wanted == 0 && thread.isJava()
        ? wanted(counters, new ThreadId(thread.osTid(), thread.name(), 0))
        : wanted;
  }

  /** What was lost; after both readings. */
  public LostTime result() {
    if (chosen.isEmpty()) {
      return LostTime.NONE;
    }
    List<Ledger> all = ledgers.ledgers();
    int each = intervals().size();
    List<ThreadLoss> losses = new ArrayList<>();
    for (int i = 0; i < chosen.size(); i++) {
      Chosen one = chosen.get(i);
      losses.add(ThreadLoss.of(one.thread(), one.why(), all.subList(i * each, (i + 1) * each)));
    }
    losses.sort(
        Comparator.comparing(ThreadLoss::why)
            .thenComparing(Comparator.comparingLong(ThreadLoss::lost).reversed()));
    return new LostTime(losses, judged(), stops, ledgers.isIncomplete());
  }

  /** The operations that took most time on the threads that matter; null if there are none. */
  private Operations judged() {
    return operations.values().stream()
        .filter(one -> one.count() > 0)
        .max(Comparator.comparingLong(Operations::total))
        .orElse(null);
  }
}
