package latencyscope.truth.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import latencyscope.bpf.libbpf.KernelTest;
import latencyscope.truth.account.KernelAccount;
import latencyscope.truth.account.OurAccount;
import latencyscope.truth.engine.Commands;
import latencyscope.truth.engine.Engine;
import latencyscope.truth.engine.Launch;
import latencyscope.truth.engine.ProcFile;
import latencyscope.truth.workload.NappingEngine;
import latencyscope.truth.workload.SchedulerWorkload;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * More than the capture is made for: whatever it cannot keep it counts, the counters stay those of
 * the kernel, and the engine does not notice.
 */
@KernelTest
class OverloadIT {
  private static final long NEVER_NS = TimeUnit.HOURS.toNanos(1);

  /** Until a thread is one of Java's: for its parent, and on the way for locks of the JVM's own. */
  private static final long BIRTH_SWITCHES = 10;

  @TempDir Path folder;

  private Path recording;
  private List<KernelAccount> accounts;

  /** Runs a load under the agent to its end, and has the recording and the kernel's accounts. */
  private void run(String load, long thresholdNs) throws Exception {
    recording = folder.resolve("recording.jfr");
    Path accountsFile = folder.resolve("accounts.txt");
    Path errors = folder.resolve("stderr.txt");
    Launch launch =
        Launch.of(
                SchedulerWorkload.class,
                load,
                recording.toString(),
                accountsFile.toString(),
                String.valueOf(thresholdNs))
            .withAgent("modules=isolation,budget=1%");
    try (Engine engine = launch.start(errors)) {
      engine.await("ready");
      engine.say("go");
      if (load.equals("storm")) {
        String[] pairs = engine.await("spinning").split(",");
        for (int i = 0; i < pairs.length; i++) {
          Commands.pin(pairs[i], i / 2); // the two of a pair side by side
        }
      }
      engine.await("done");
      engine.say("stop");
      assertEquals(0, engine.finish(), () -> "the engine was harmed");
    }
    assertEquals("", Files.readString(errors), "the agent said something");
    accounts = KernelAccount.read(accountsFile);
  }

  @Test
  void tenThousandThreadsAreCountedOrSaidToBeWithoutRoom() throws Exception {
    run("crowd", NEVER_NS);
    OurAccount ours = OurAccount.read(recording);
    assertEquals(10_000, accounts.size());
    long without = 0;
    for (KernelAccount kernel : accounts) {
      // Some find room later, when another thread has ended: what they did before is said, too.
      without += isExact(kernel, ours) ? 0 : 1;
    }
    long saidToBe = withoutRoom(ours);
    assertTrue(without < 10_000, "no thread was counted");
    assertTrue(
        without <= saidToBe, without + " threads were not counted, " + saidToBe + " said to be");
    report("10,000 threads: %,d counted exactly, %,d without room", 10_000 - without, without);
  }

  private static boolean isExact(KernelAccount kernel, OurAccount ours) {
    long id = kernel.osThreadId();
    return ours.counter(id, "voluntary_switches") == kernel.voluntary()
        && ours.counter(id, "involuntary_switches") == kernel.involuntary()
        && ours.counter(id, "run_delay_count") == kernel.runCount()
        && ours.counter(id, "run_delay_ns") == kernel.runDelayNs()
        && ours.waits(id) == kernel.runCount()
        && ours.counter(id, "cpu_time_ns") == kernel.cpuTimeNs()
        && (kernel.migrations() < 0 || ours.migrations(id) == kernel.migrations());
  }

  @Test
  void aThousandBirthsASecondAreAllCounted() throws Exception {
    run("births", NEVER_NS);
    OurAccount ours = OurAccount.read(recording);
    Set<Long> ids = new HashSet<>();
    accounts.forEach(kernel -> ids.add(kernel.osThreadId()));
    assertEquals(4_000, accounts.size());
    long without = 0;
    for (KernelAccount kernel : accounts) {
      long voluntary = ours.counter(kernel.osThreadId(), "voluntary_switches");
      if (voluntary == 0) {
        without++;
        continue;
      }
      // The thread asked itself, and then still had to end; not every last switch is traced.
      assertTrue(voluntary >= kernel.voluntary(), voluntary + " against " + kernel);
      assertTrue(
          ours.counter(kernel.osThreadId(), "involuntary_switches") >= kernel.involuntary(),
          kernel::toString);
    }
    long saidToBe = withoutRoom(ours);
    assertTrue(
        without <= saidToBe, without + " threads were not counted, " + saidToBe + " said to be");
    report("4,000 births at 1,000/s: %,d ids, %,d without room", ids.size(), without);
  }

  @Test
  void inAStormOfSwitchesEveryEventIsThereOrCountedAsLost() throws Exception {
    run("storm", 0);
    Map<Long, Map<String, Long>> counters = new HashMap<>();
    Map<String, Long> events = new HashMap<>();
    Map<String, Long> lost = new HashMap<>();
    Set<Long> players = new HashSet<>();
    accounts.forEach(kernel -> players.add(kernel.osThreadId()));
    // One by one: there are too many to be held in memory.
    try (RecordingFile file = new RecordingFile(recording)) {
      while (file.hasMoreEvents()) {
        count(file.readEvent(), players, counters, events, lost);
      }
    }
    long switches = 0;
    long untraced = 0;
    for (KernelAccount kernel : accounts) {
      Map<String, Long> ours = counters.getOrDefault(kernel.osThreadId(), Map.of());
      assertEquals(kernel.voluntary(), ours.getOrDefault("voluntary_switches", 0L), "voluntary");
      assertEquals(kernel.involuntary(), ours.getOrDefault("involuntary_switches", 0L));
      assertEquals(kernel.runCount(), ours.getOrDefault("waits", 0L), "histograms");
      assertEquals(kernel.runDelayNs(), ours.getOrDefault("run_delay_ns", 0L), "schedstat");
      switches += kernel.voluntary() + kernel.involuntary();
      untraced += ours.getOrDefault("switches_missed", 0L);
    }
    assertTrue(untraced <= 1 + switches / 100, untraced + " of " + switches + " were not traced");
    long kept = events.getOrDefault("latencyscope.ContextSwitch", 0L);
    long missing = lost.getOrDefault("latencyscope.ContextSwitch", 0L);
    // A thread's last switch is none yet: it has not come back. Other threads lose records too.
    long complete = switches - accounts.size();
    assertTrue(
        kept <= complete && kept + missing + untraced >= complete,
        complete + " switches, " + kept + " events, " + missing + " lost, untraced " + untraced);
    assertTrue(switches > 20_000, "that was no storm: " + switches);
    report("storm: %,d switches in 2 s, %,d events, %,d lost", switches, kept, missing);
  }

  private static void count(
      RecordedEvent event,
      Set<Long> players,
      Map<Long, Map<String, Long>> counters,
      Map<String, Long> events,
      Map<String, Long> lost) {
    String type = event.getEventType().getName();
    if (type.equals("latencyscope.RecordsLost")) {
      lost.merge(String.valueOf(event.getString("type")), event.getLong("count"), Long::sum);
    } else if (event.hasField("osThreadId") && players.contains(event.getLong("osThreadId"))) {
      Map<String, Long> own =
          counters.computeIfAbsent(event.getLong("osThreadId"), id -> new HashMap<>());
      if (type.equals("latencyscope.Counter")) {
        own.merge(event.getString("measure"), event.getLong("value"), Long::sum);
      } else if (type.equals("latencyscope.Histogram")) {
        if (event.getString("measure").startsWith("runqueue_")) {
          own.merge("waits", event.getLong("count"), Long::sum);
        }
      } else {
        events.merge(type, 1L, Long::sum);
      }
    }
  }

  /** Threads that end while what they did is still on its way. */
  @Test
  void threadsThatComeAndGoAreAllCounted() throws Exception {
    recording = folder.resolve("recording.jfr");
    Launch.Outcome outcome =
        Launch.of(NappingEngine.class)
            .withAgent("modules=isolation+syscall,start=latencyscope-full,file=" + recording)
            .run(folder, "await capturing", "churn brief 2000", Launch.LEAVE);
    outcome.assertUnharmed("ready\nstate capturing\nchurned brief\n", List.of());
    OurAccount ours = OurAccount.read(recording);
    assertEquals(List.of(), ours.reasons());
    long named =
        ours.events("Counter").stream()
            .filter(event -> "voluntary_switches".equals(event.getString("measure")))
            .map(event -> event.getString("thread"))
            .filter(name -> name != null && name.startsWith("brief-"))
            .distinct()
            .count();
    // Where the drain thread is late, there may be more at once than there is room for.
    long lost = ours.lost();
    assertTrue(
        named + lost >= 1_900,
        named + " of 2,000 short threads have counts under their names, " + lost + " lost");
  }

  /** What kept the drain thread from its work is in the recording, and what was lost for it. */
  @Test
  void starvedDrainThreadIsToldInTheRecording() throws Exception {
    recording = folder.resolve("recording.jfr");
    Launch launch =
        Launch.of(NappingEngine.class)
            .withAgent("modules=isolation,drain.cpus=1,start=latencyscope-full,file=" + recording);
    long switches;
    try (Engine engine = launch.start(folder.resolve("stderr.txt"))) {
      engine.await("ready");
      engine.awaitCapturing();
      Process competitor = Commands.competitor(1, "chrt", "-f", "50");
      try {
        engine.say("naps starved 2000 2");
        engine.await("napped starved");
      } finally {
        Commands.end(competitor);
      }
      switches = parkedSwitches(engine.pid(), "starved");
      engine.say(Launch.LEAVE);
      assertEquals(Launch.EXIT_CODE, engine.finish());
    }
    assertEquals("", Files.readString(folder.resolve("stderr.txt")));
    OurAccount ours = OurAccount.read(recording);
    assertTrue(
        ours.events("DrainStall").stream().anyMatch(event -> event.getDuration().toMillis() >= 100),
        "no stall is told");
    long events =
        ours.events("ContextSwitch").stream()
            .filter(event -> "starved".equals(event.getString("thread")))
            .count();
    long lost = ours.lost();
    // Some kernels now and then do not trace a switch; that is counted, too.
    long missed =
        ours.events("Counter").stream()
            .filter(event -> "starved".equals(event.getString("thread")))
            .filter(event -> "switches_missed".equals(event.getString("measure")))
            .mapToLong(event -> event.getLong("value"))
            .sum();
    // From the last one it has not come back; the first ones it made before it had its name.
    assertTrue(switches > 1_900, "it did not nap: " + switches);
    assertTrue(
        events + lost + missed >= switches - 1 - BIRTH_SWITCHES,
        switches
            + " switches, "
            + events
            + " events, "
            + lost
            + " records lost, "
            + missed
            + " switches not traced");
  }

  /** Of a thread that has done what it was told, by the kernel's own count. */
  private static long parkedSwitches(long pid, String name) throws Exception {
    long before = -1;
    for (int look = 0; look < 300; look++) {
      for (ProcFile thread : ProcFile.threads(pid)) {
        if (thread.text("Name").equals(name)) {
          long now =
              thread.number("voluntary_ctxt_switches")
                  + thread.number("nonvoluntary_ctxt_switches");
          if (now == before && thread.text("State").startsWith("S")) {
            return now;
          }
          before = now;
        }
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    throw new AssertionError(name + " does not come to rest");
  }

  private static long withoutRoom(OurAccount ours) {
    return ours.events("RecordsLost").stream()
        .filter(event -> event.getString("type") == null)
        .mapToLong(event -> event.getLong("count"))
        .sum();
  }

  private static void report(String what, Object... numbers) {
    System.out.println("OverloadIT: " + String.format(what, numbers));
  }
}
