package latencyscope.perfetto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import latencyscope.perfetto.SchedModel.Switch;
import latencyscope.perfetto.TracedRecording.Event;
import latencyscope.recording.fact.ProcessFacts;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A recording of every switch on a CPU that an engine shares with others, as a trace: what Perfetto
 * knows of CPUs, tasks, processes, clocks and arrows is what the recording's own events say.
 */
class ContendedTraceTest {
  // Times of the flight recorder are ticks, converted each for itself.
  private static final long CLOCK_NS = 1_000;
  private static final long BOOT = 6;
  private static final long REALTIME = 1;

  @TempDir static Path folder;
  private static TracedRecording traced;
  private static long offset;

  @BeforeAll
  static void convert() throws Exception {
    traced = TracedRecording.of("contended", folder);
    offset = traced.slices.clocks.get(REALTIME) - traced.slices.clocks.get(BOOT);
  }

  /** When each thread was off its CPU: stays, and waits of those whose begin was not seen. */
  private static Map<Long, List<Event>> absences() {
    Map<Long, List<Event>> absences = new TreeMap<>();
    for (Event event : traced.events) {
      if (event.type().equals("ContextSwitch") || event.type().equals("RunQueueWait")) {
        absences.computeIfAbsent(event.thread(), t -> new ArrayList<>()).add(event);
      }
    }
    absences.values().forEach(list -> list.sort(Comparator.comparingLong(Event::start)));
    return absences;
  }

  /** Every switch was recorded: between two stays off its CPU a thread ran. */
  @Test
  void threadsRanBetweenTheirStaysOffTheCpu() throws Exception {
    long recordsEnd = recordsEnd();
    long[] all = new long[1];
    absences()
        .forEach((thread, list) -> {
          long ran = 0;
          long until = list.get(0).end();
          for (Event absence : list) {
            // Of one that was woken and of whose sleep there is no record, nothing is known before.
            boolean woken = absence.type().equals("RunQueueWait") && absence.preemptor() == null;
            boolean known = !woken && absence.start() <= recordsEnd;
            ran += known ? Math.max(0, absence.start() - until) : 0;
            until = Math.max(until, absence.end());
          }
          long shown = traced.sched.sums(thread).getOrDefault("Running", 0L);
          assertEquals(ran, shown, CLOCK_NS * list.size(), "thread " + thread);
          all[0] += ran;
        });
    assertTrue(all[0] > 100_000_000, () -> all[0] + " ns");
  }

  private static long recordsEnd() throws Exception {
    for (RecordedEvent event : RecordingFile.readAllEvents(traced.file)) {
      if (event.getEventType().getName().equals("latencyscope.ModuleCapture")
          && event.getString("module").equals("isolation")) {
        return nanos(event.getInstant("recordsUntil"));
      }
    }
    throw new AssertionError("no interval");
  }

  private static long nanos(Instant time) {
    return ChronoUnit.NANOS.between(Instant.EPOCH, time);
  }

  @Test
  void eachEventIsASwitchOnItsCpu() {
    Map<String, List<Long>> left = new HashMap<>();
    Map<String, List<Long>> came = new HashMap<>();
    for (Switch change : traced.sched.switches) {
      add(left, change.cpu() + " " + change.prev() + " " + change.next(), change.time());
      add(came, change.cpu() + " " + change.next(), change.time());
    }
    List<Event> stays = traced.events("ContextSwitch");
    assertTrue(stays.size() > 1_000);
    Set<Long> threads = absences().keySet();
    int ofTarget = 0;
    int named = 0;
    for (Event stay : stays) {
      String who = stay.cpu() + " " + stay.thread() + " ";
      boolean next = has(left, who + stay.next(), stay.start() - offset);
      // How long a task of another process ran is not always known: then nobody is shown.
      assertTrue(next || has(left, who + 0, stay.start() - offset), stay::toString);
      ofTarget += threads.contains(stay.next()) ? 1 : 0;
      named += threads.contains(stay.next()) && next ? 1 : 0;
      assertTrue(
          has(came, stay.returnCpu() + " " + stay.thread(), stay.end() - offset), stay::toString);
    }
    assertTrue(ofTarget > 500 && named > ofTarget * 95 / 100, named + " of " + ofTarget);
  }

  private static Set<Long> threads() {
    Set<Long> threads = new HashSet<>();
    traced.recording.threads().forEach(thread -> threads.add(thread.osTid()));
    return threads;
  }

  private static void add(Map<String, List<Long>> times, String who, long time) {
    times.computeIfAbsent(who, w -> new ArrayList<>()).add(time);
  }

  private static boolean has(Map<String, List<Long>> times, String who, long time) {
    return times.getOrDefault(who, List.of()).stream()
        .anyMatch(one -> Math.abs(one - time) <= CLOCK_NS);
  }

  /** From each task that woke a thread of the target's to where that ran again; no others. */
  @Test
  void arrowsAreWakeUpsByTasks() {
    Set<Long> threads = threads();
    List<String> expected = new ArrayList<>();
    int byInterrupts = 0;
    for (Event stay : traced.events("ContextSwitch")) {
      if (stay.waker() > 0 && stay.waited() > 0 && threads.contains(stay.waker())) {
        long back = stay.end() - offset;
        expected.add(
            stay.waker() + " " + (back - stay.waited()) + " " + stay.thread() + " " + back);
      } else if (stay.voluntary() && stay.waker() == 0) {
        byInterrupts++;
      }
    }
    List<String> shown = new ArrayList<>();
    traced.slices.arrowsFrom.forEach((arrow, from) -> {
      SliceModel.End to = traced.slices.arrowsTo.get(arrow);
      shown.add(from.thread() + " " + from.time() + " " + to.thread() + " " + to.time());
    });
    expected.sort(null);
    shown.sort(null);
    assertTrue(expected.size() > 100 && byInterrupts > 20, expected.size() + " " + byInterrupts);
    assertEquals(expected, shown);
  }

  /** The JDK's own reader is who says when an event began. */
  @Test
  void theClockIsThatOfTheRecording() throws Exception {
    List<Long> expected = new ArrayList<>();
    for (RecordedEvent event : RecordingFile.readAllEvents(traced.file)) {
      if (event.getEventType().getName().equals("demo.TickToTrade")) {
        expected.add(nanos(event.getStartTime()));
      }
    }
    expected.sort(null);
    List<Long> shown =
        ticks().stream().map(SliceModel.Slice::start).map(at -> at + offset).sorted().toList();
    assertTrue(expected.size() > 15);
    assertEquals(expected.size(), shown.size());
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(expected.get(i), shown.get(i), CLOCK_NS);
    }
  }

  private static List<SliceModel.Slice> ticks() {
    return traced.slices.named("demo.TickToTrade");
  }

  /** Of all that happened to its thread meanwhile, the longest; and who took its CPU longest. */
  @Test
  void eventsOfTheEngineSayWhatDelayedThem() {
    int preempted = 0;
    for (SliceModel.Slice tick : ticks()) {
      long begin = tick.start() + offset;
      long end = begin + tick.duration();
      List<Event> meanwhile =
          traced.events.stream()
              .filter(e -> e.thread() == tick.thread() && e.start() >= begin && e.start() < end)
              .toList();
      ToLongFunction<Event> cost = event -> Math.min(event.end(), end) - event.start();
      assertEquals(
          meanwhile.stream().mapToLong(cost).max().orElse(0),
          (long) tick.arguments().getOrDefault("worst_cause_ns", 0L),
          tick.toString());
      Event preemption =
          meanwhile.stream()
              .filter(event -> event.preemptor() != null)
              .max(Comparator.comparingLong(cost))
              .orElse(null);
      Object named = tick.arguments().get("preempted_by");
      assertEquals(preemption == null, named == null, tick::toString);
      if (preemption != null) {
        preempted++;
        // The kernel keeps 15 bytes of the name of one of the target's threads.
        assertTrue(named.toString().startsWith(preemption.preemptor().substring(0, 2)));
      }
    }
    assertTrue(preempted > 3, () -> "not contended");
  }

  @Test
  void prioritiesAreThoseThatWereSeen() {
    Map<Long, Set<Long>> seen = new HashMap<>();
    for (Event event : traced.events) {
      event
          .tasks()
          .forEach(
              (task, priority) -> seen.computeIfAbsent(task, t -> new HashSet<>()).add(priority));
    }
    Set<Long> shown = new HashSet<>();
    for (Switch change : traced.sched.switches) {
      if (change.next() > 0) {
        Set<Long> possible = seen.getOrDefault(change.next(), Set.of(120L));
        assertTrue(possible.contains(change.nextPriority()), () -> change + " of " + possible);
        shown.add(change.nextPriority());
      }
    }
    assertTrue(shown.size() > 1, shown::toString);
  }

  @Test
  void processesHaveTheirStartAndParent() {
    Map<Long, ProcessFacts> facts = new TreeMap<>();
    int parents = 0;
    for (Message packet : traced.trace.messages("packet")) {
      for (Message process : packet.message("process_tree").messages("processes")) {
        long pid = process.number("pid");
        traced.recording.tasks().process(pid).ifPresent(fact -> facts.put(pid, fact));
        ProcessFacts fact = facts.get(pid);
        if (fact != null) {
          assertEquals(fact.parent(), process.number("ppid"), fact::toString);
          parents += fact.parent() > 0 ? 1 : 0;
          if (fact.started() > 0) {
            assertEquals(fact.started() - offset, process.number("process_start_from_boot"));
          }
        }
      }
    }
    assertTrue(facts.containsKey(traced.recording.capture().targetPid()), facts::toString);
    assertTrue(parents > 5, facts::toString);
  }

  @Test
  void theSystemIsDescribed() {
    Message system = null;
    for (Message packet : traced.trace.messages("packet")) {
      system = packet.has("system_info") ? packet.message("system_info") : system;
    }
    assertEquals(traced.recording.host().online().size(), system.number("num_cpus"));
    String release = system.message("utsname").text("release");
    assertFalse(release.isEmpty());
    assertTrue(traced.recording.host().kernel().contains(release), release);
  }
}
