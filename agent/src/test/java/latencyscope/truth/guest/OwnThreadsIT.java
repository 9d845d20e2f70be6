package latencyscope.truth.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import latencyscope.bpf.error.KernelChange;
import latencyscope.bpf.error.KernelVersion;
import latencyscope.bpf.libbpf.KernelTest;
import latencyscope.proc.CpuSet;
import latencyscope.truth.engine.Engine;
import latencyscope.truth.engine.Jcmd;
import latencyscope.truth.engine.KernelObjects;
import latencyscope.truth.engine.Launch;
import latencyscope.truth.engine.ProcFile;
import latencyscope.truth.workload.NappingEngine;
import latencyscope.truth.workload.SteadyEngine;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent's threads in an engine leave the CPUs alone that they are to watch. */
@KernelTest
class OwnThreadsIT {
  private static final long LIMIT_MS = 60_000;
  private static final int MONITORED = 1;

  /** SCHED_NORMAL and SCHED_BATCH. */
  private static final int NORMAL = 0;

  private static final int BATCH = 3;

  /**
   * Until then they must have settled. How long that takes is how long the JVM goes on compiling
   * and loading what the engine and our threads run, which a slow host needs minutes for.
   */
  private static final int SECONDS = 120;

  /** So many in a row are looked at. */
  private static final int STRETCH = 15;

  /**
   * Of our threads together in a usual second: 16 to 570 on a quiet host, up to 5,000 where builds
   * ran beside; each second took 55,000 before. A task of the host that a record names for the
   * first time costs 3 KB, and a look at memory that the engine has mapped since 240 KB.
   */
  private static final long BYTES = 10_000;

  @TempDir Path folder;

  /** Where each of them may run, by the kernel's account; names are cut to 15 characters. */
  private static Map<String, CpuSet> allowed(long pid) throws IOException {
    Map<String, CpuSet> allowed = new TreeMap<>();
    for (ProcFile thread : ProcFile.threads(pid)) {
      if (thread.text("Name").startsWith("latencyscope")) {
        allowed.put(thread.text("Name"), allowed(thread));
      }
    }
    return allowed;
  }

  private static CpuSet allowed(ProcFile thread) {
    return CpuSet.parse(thread.text("Cpus_allowed_list"));
  }

  private static boolean mayRunThere(Map<String, CpuSet> allowed) {
    return allowed.values().stream().anyMatch(OwnThreadsIT::mayRunThere);
  }

  private static boolean mayRunThere(CpuSet allowed) {
    return allowed.stream().anyMatch(cpu -> cpu == MONITORED);
  }

  /** Something of the two that stay, by name. */
  private static <T> Map<String, T> ofEach(long pid, FromTask<T> read) throws IOException {
    Map<String, T> all = new TreeMap<>();
    for (ProcFile thread : ProcFile.threads(pid)) {
      String name = thread.text("Name");
      if (name.equals("latencyscope-dr") || name.equals("latencyscope-wa")) {
        all.put(name, read.of(Path.of("/proc/" + pid + "/task/" + thread.text("Pid"))));
      }
    }
    return all;
  }

  /** Reads a thread's folder in {@code /proc}. */
  private interface FromTask<T> {
    T of(Path task) throws IOException;
  }

  /** A thread's scheduling policy, field 41 of {@code stat}. */
  private static int policy(Path task) throws IOException {
    String text = Files.readString(task.resolve("stat"));
    String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
    return Integer.parseInt(fields[41 - 3]);
  }

  /** The turn that it asks for in nanoseconds, from {@code sched}; 0 where the kernel has none. */
  private static long slice(Path task) throws IOException {
    return Files.readAllLines(task.resolve("sched")).stream()
        .filter(line -> line.startsWith("se.slice"))
        .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
        .findFirst()
        .orElse(0);
  }

  /** What the kernel says of our threads by name, as soon as each has looked: one once a second. */
  private <T> Map<String, T> settled(
      Launch launch, Account<T> account, Predicate<Map<String, T>> unsettled) throws Exception {
    try (Engine engine = launch.start(folder.resolve("stderr.txt"))) {
      engine.await("ready");
      new Jcmd(engine.pid()).start("capture", "+latencyscope.ContextSwitch#enabled=true");
      KernelObjects.awaitHeldBy(engine.pid(), List.of("isolation"));
      Map<String, T> threads = account.of(engine.pid());
      for (long waited = 0; unsettled.test(threads) && waited < LIMIT_MS; waited += 50) {
        TimeUnit.MILLISECONDS.sleep(50);
        threads = account.of(engine.pid());
      }
      return threads;
    }
  }

  /** Asks the kernel about the threads of a process. */
  private interface Account<T> {
    Map<String, T> of(long pid) throws IOException;
  }

  /** Nor do they take a CPU from the engine's threads elsewhere before it is their turn. */
  @Test
  void areOfBatchWork() throws Exception {
    Map<String, Integer> policies =
        settled(
            Launch.of(NappingEngine.class).withAgent(),
            pid -> ofEach(pid, OwnThreadsIT::policy),
            threads -> threads.containsValue(NORMAL));
    assertEquals(BATCH, policies.get("latencyscope-dr"), policies::toString);
    assertEquals(BATCH, policies.get("latencyscope-wa"), policies::toString);
  }

  /**
   * What wakes while records are drained gets its CPU soon, once nothing is compiled any more. The
   * thread that looks for changes keeps the usual turns: it takes locks of the recorder.
   */
  @Test
  void haveShortTurnsOnceTheirCodeIsCompiled() throws Exception {
    KernelVersion since = KernelChange.CHOSEN_SLICES.since();
    boolean heeds = KernelVersion.parse(System.getProperty("os.version")).compareTo(since) >= 0;
    Assumptions.assumeTrue(heeds, "the kernel's scheduler grants no slices of one's own");
    Map<String, Long> slices =
        settled(
            Launch.of(NappingEngine.class).withAgent(),
            pid -> ofEach(pid, OwnThreadsIT::slice),
            threads -> threads.get("latencyscope-dr") != 100_000);
    assertEquals(100_000, slices.get("latencyscope-dr"), slices::toString);
    assertTrue(slices.get("latencyscope-wa") > 100_000, slices::toString);
  }

  @Test
  void stayOffTheMonitoredCpus() throws Exception {
    Map<String, CpuSet> allowed =
        settled(
            Launch.of(NappingEngine.class).withAgent("cpus=" + MONITORED),
            OwnThreadsIT::allowed,
            OwnThreadsIT::mayRunThere);
    assertTrue(allowed.containsKey("latencyscope-dr"), allowed::toString);
    assertTrue(allowed.containsKey("latencyscope-wa"), allowed::toString);
    assertFalse(mayRunThere(allowed), allowed::toString);
  }

  /**
   * The one that looks once a second what is recorded goes away before its first look, which is at
   * code that is not compiled yet.
   */
  @Test
  void areGoneBeforeTheyWork() throws Exception {
    Launch launch = Launch.of(NappingEngine.class).withAgent("cpus=" + MONITORED);
    try (Engine engine = launch.start(folder.resolve("stderr.txt"))) {
      engine.await("ready");
      new Jcmd(engine.pid()).start("capture", "+latencyscope.ContextSwitch#enabled=true");
      Path task = null;
      long thereNs = 0;
      for (long waited = 0; ; waited += 5) {
        assertTrue(waited < LIMIT_MS, "it stays where it may not be");
        TimeUnit.MILLISECONDS.sleep(5);
        long watch = ProcFile.thread(engine.pid(), "latencyscope-wa");
        if (watch < 0) {
          continue;
        }
        task = Path.of("/proc/" + engine.pid() + "/task/" + watch);
        // First what it has run until now, then where that was.
        long ranNs = ranNs(task);
        if (!mayRunThere(allowed(ProcFile.of(task.resolve("status"))))) {
          break;
        }
        thereNs = ranNs;
      }
      TimeUnit.MILLISECONDS.sleep(500);
      long allNs = ranNs(task);
      assertTrue(thereNs < allNs / 2, thereNs + " of " + allNs + " ns where a CPU is monitored");
    }
  }

  private static long ranNs(Path task) throws IOException {
    String account = Files.readString(task.resolve("schedstat"));
    return Long.parseLong(account.substring(0, account.indexOf(' ')));
  }

  /**
   * Allocation may take a lock of the JVM, and the scheduler preempts these threads first, also
   * while they hold one. Counted are records and the work of each second; {@code DrainAllocationIT}
   * counts records alone.
   */
  @Test
  void takeNoMemoryOnceTheyHaveSettled() throws Exception {
    // From inside, tasks of the host have no ids, so that new ones do not count.
    Launch launch =
        Launch.of(SteadyEngine.class, Integer.toString(SECONDS))
            .inContainer()
            .withAgent()
            .with(
                "-XX:StartFlightRecording:settings=none,"
                    + "+latencyscope.Sleep#enabled=true,"
                    + "+latencyscope.Capture#enabled=true",
                "-Xlog:all=off");
    try (Engine engine = launch.start(folder.resolve("stderr.txt"))) {
      engine.await("ready");
      List<Long> seconds = new ArrayList<>();
      while (usual(seconds) > BYTES) {
        assertTrue(seconds.size() < SECONDS, "no " + STRETCH + " settled seconds in " + seconds);
        seconds.add(Long.valueOf(engine.await("allocated")));
      }
    }
  }

  /** The median of the last seconds. */
  private static long usual(List<Long> seconds) {
    if (seconds.size() < STRETCH) {
      return Long.MAX_VALUE;
    }
    return seconds.subList(seconds.size() - STRETCH, seconds.size()).stream()
        .sorted()
        .toList()
        .get(STRETCH / 2);
  }
}
