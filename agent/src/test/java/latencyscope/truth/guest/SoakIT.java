package latencyscope.truth.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import latencyscope.bpf.libbpf.KernelTest;
import latencyscope.truth.engine.Commands;
import latencyscope.truth.engine.Engine;
import latencyscope.truth.engine.Jcmd;
import latencyscope.truth.engine.KernelObjects;
import latencyscope.truth.engine.Launch;
import latencyscope.truth.workload.BusyEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * All modules at their production thresholds on an engine that gives each much to do: nothing
 * grows, nothing is lost, and the clocks stay together. A few rounds here; for as long as one likes
 * with {@code scripts/soak.sh}.
 */
@KernelTest
class SoakIT {
  private static final int ROUNDS = Integer.getInteger("soak.rounds", 3);
  private static final int ROUND_S = Integer.getInteger("soak.round.seconds", 3);
  private static final String PERCENT = System.getProperty("soak.percent", "25");

  /** From here on what the JVM itself does no longer hides what we do. */
  private static final int MANY_ROUNDS = 12;

  /**
   * The kernel makes a thread's state now and then only at its second event. One interrupt that
   * comes while it is made is up to three events of a module (that it begins, what it flushes, that
   * it ends), so what is counted are these moments: there is one {@code RecordsLost} of each.
   */
  private static final String EARLY = "a thread's first event came while";

  private static final long MILLION = 1_000_000;
  private static final long MAX_AGE_S = 60;

  @TempDir Path folder;

  /** What earlier dumps have told already: each goes back further than to the one before. */
  private final Set<String> lossesSeen = new HashSet<>();

  private Instant seenUntil = Instant.MIN;

  /** What the engine has at the end of a round, and what came in it. */
  private record Sample(
      long rssKb,
      long files,
      long threads,
      long mapBytes,
      long chunks,
      long switchesPerS,
      long callsPerS,
      long faultsPerS,
      long lost,
      long early,
      long events,
      long clockErrorNs,
      long clockSpreadNs) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%8d %4d %4d %9d %4d %9d %8d %7d %5d %5d %8d %6d",
          rssKb,
          files,
          threads,
          mapBytes / 1024,
          chunks,
          switchesPerS,
          callsPerS,
          faultsPerS,
          lost,
          early,
          events,
          clockErrorNs);
    }
  }

  @Test
  void nothingGrowsNothingIsLostAndTheClocksStayTogether() throws Exception {
    Path repository = Files.createDirectory(folder.resolve("repository"));
    Path errors = folder.resolve("stderr.txt");
    Launch launch =
        Launch.of(BusyEngine.class, PERCENT)
            .with(
                // All of it is there from the start: a heap that is touched bit by bit looks like a
                // leak.
                "-Xms256m",
                "-Xmx256m",
                "-XX:+AlwaysPreTouch",
                "-XX:FlightRecorderOptions:repository=" + repository + ",maxchunksize=2M")
            // Else thresholds would rise until next to nothing is kept that could be lost.
            .withAgent("budget=off");
    Path settings = settings();
    List<Sample> samples = new ArrayList<>();
    try (Engine engine = launch.start(errors)) {
      String[] switchers = engine.await("ready").split(",");
      for (int i = 0; i < switchers.length; i++) {
        Commands.pin(switchers[i], i / 2); // the two of a pair side by side
      }
      Jcmd jcmd = new Jcmd(engine.pid());
      jcmd.start(
          "soak", "settings=" + settings, "maxage=" + MAX_AGE_S + "s", "+soak.Stamp#enabled=true");
      KernelObjects loaded = KernelObjects.awaitHeldBy(engine.pid());
      jcmd.awaitCapturing();
      Set<Path> firstChunks = chunks(repository);
      System.out.println(
          "SoakIT:   rss_kB  fds thrd   maps_kB chnk switches/s calls/s faults/s  lost early   events"
              + " clock_ns");
      long[] before = counts(engine);
      for (int round = 0; round < ROUNDS; round++) {
        TimeUnit.SECONDS.sleep(ROUND_S);
        long[] now = counts(engine);
        Path dump = folder.resolve("dump.jfr");
        Files.deleteIfExists(dump);
        jcmd.dump("soak", dump);
        samples.add(sample(engine, loaded, repository, dump, rates(before, now)));
        System.out.println("SoakIT: " + samples.get(round));
        before = now;
      }
      keep("last-dump.jfr");
      if (ROUNDS * ROUND_S > 3 * MAX_AGE_S) {
        firstChunks.retainAll(chunks(repository));
        assertEquals(Set.of(), firstChunks, "the recording does not rotate");
      }
      engine.say("stop");
      assertEquals(0, engine.finish());
      loaded.awaitGone();
    }
    assertEquals("", Files.readString(errors), "the agent said something");
    check(samples);
  }

  private void check(List<Sample> samples) {
    Sample last = samples.get(samples.size() - 1);
    Sample third = samples.get(samples.size() / 3);
    assertEquals(0, samples.stream().mapToLong(Sample::lost).sum(), "events lost");
    long early = samples.stream().mapToLong(Sample::early).sum();
    long events = samples.stream().mapToLong(Sample::events).sum();
    assertTrue(
        early <= 1 + events / MILLION,
        early + " moments were too early for the events in them, of " + events);
    assertEquals(samples.get(0).mapBytes(), last.mapBytes(), "memory of BPF maps");
    Sample first = samples.get(0);
    for (Sample sample : samples) {
      assertTrue(sample.clockErrorNs() > -1_000, "before it happened: " + sample);
      // At the end as at the start, as far as it is known: on a busy machine the way to a nap takes
      // now this long, now that.
      long known = Math.max(2_000, Math.max(first.clockSpreadNs(), sample.clockSpreadNs()));
      assertTrue(
          Math.abs(sample.clockErrorNs() - first.clockErrorNs()) <= known,
          "the clocks went apart, from " + first + " to " + sample + ", known to " + known);
    }
    if (samples.size() >= MANY_ROUNDS) {
      assertTrue(last.files() <= third.files() + 2, "file descriptors: " + third + " to " + last);
      assertTrue(last.threads() <= third.threads() + 2, "threads: " + third + " to " + last);
      assertTrue(last.rssKb() <= third.rssKb() * 1.05, "memory: " + third + " to " + last);
    }
  }

  private Sample sample(
      Engine engine, KernelObjects loaded, Path repository, Path dump, long[] rates)
      throws Exception {
    long lost = 0;
    long early = 0;
    long events = 0;
    List<long[]> stamps = new ArrayList<>();
    Map<Long, List<Long>> begins = new HashMap<>();
    Instant newest = seenUntil;
    try (RecordingFile file = new RecordingFile(dump)) {
      while (file.hasMoreEvents()) {
        RecordedEvent event = file.readEvent();
        String type = event.getEventType().getName();
        Instant at = event.getStartTime();
        events += type.startsWith("latencyscope.") && at.isAfter(seenUntil) ? 1 : 0;
        newest = at.isAfter(newest) ? at : newest;
        if (type.equals("latencyscope.RecordsLost")) {
          if (!lossesSeen.add(oneLine(event))) {
            continue;
          }
          if (event.getString("reason").startsWith(EARLY)) {
            early++;
          } else {
            lost += event.getLong("count");
          }
          System.out.println("SoakIT: " + oneLine(event));
        } else if (type.equals("latencyscope.DrainStall")) {
          System.out.println("SoakIT: " + oneLine(event)); // what a loss would come from
        } else if (type.equals("soak.Stamp")) {
          stamps.add(new long[] {nanos(event), event.getThread().getOSThreadId()});
        } else if (type.equals("latencyscope.ContextSwitch")) {
          begins
              .computeIfAbsent(event.getLong("osThreadId"), id -> new ArrayList<>())
              .add(nanos(event));
        }
      }
    }
    seenUntil = newest;
    List<Long> errors = clockErrors(stamps, begins);
    long clockError = errors.get(errors.size() / 8);
    return new Sample(
        number(engine, "VmRSS:"),
        count(Path.of("/proc/" + engine.pid() + "/fd")),
        number(engine, "Threads:"),
        loaded.mapBytes(),
        chunks(repository).size(),
        rates[0],
        rates[1],
        rates[2],
        lost,
        early,
        events,
        clockError,
        errors.get(errors.size() / 2) - clockError);
  }

  /**
   * By how much the kernel's "this thread left its CPU" comes after the thread's own "now I nap",
   * which is some 3 µs of code: less than nothing is a clock that is wrong. In ascending order; the
   * median of the least quarter is looked at, because a nap may begin with a wait for the CPU.
   */
  private static List<Long> clockErrors(List<long[]> stamps, Map<Long, List<Long>> begins) {
    List<Long> errors = new ArrayList<>();
    for (long[] stamp : stamps) {
      begins.getOrDefault(stamp[1], List.of()).stream()
          .map(begin -> begin - stamp[0])
          .filter(error -> error > -500_000 && error < 900_000)
          .min((a, b) -> Long.compare(Math.abs(a), Math.abs(b)))
          .ifPresent(errors::add);
    }
    assertTrue(errors.size() >= ROUND_S * 5, "only " + errors.size() + " naps of " + stamps.size());
    errors.sort(Long::compare);
    return errors;
  }

  private static String oneLine(RecordedEvent event) {
    return event.toString().replaceAll("\\s+", " ");
  }

  private static long nanos(RecordedEvent event) {
    return event.getStartTime().getEpochSecond() * 1_000_000_000L + event.getStartTime().getNano();
  }

  private static long[] counts(Engine engine) throws IOException {
    engine.say("count");
    return Arrays.stream(engine.await("counts").split(" ")).mapToLong(Long::parseLong).toArray();
  }

  private static long[] rates(long[] before, long[] now) {
    double seconds = Duration.ofNanos(now[0] - before[0]).toNanos() / 1e9;
    long[] rates = new long[before.length - 1];
    for (int i = 0; i < rates.length; i++) {
      rates[i] = Math.round((now[i + 1] - before[i + 1]) / seconds);
    }
    return rates;
  }

  private static long number(Engine engine, String key) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + engine.pid() + "/status"))) {
      if (line.startsWith(key)) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new AssertionError("no " + key);
  }

  private static long count(Path entries) throws IOException {
    try (Stream<Path> all = Files.list(entries)) {
      return all.count();
    }
  }

  private static Set<Path> chunks(Path repository) throws IOException {
    try (Stream<Path> all = Files.walk(repository)) {
      return all.filter(file -> file.toString().endsWith(".jfr"))
          .collect(Collectors.toCollection(TreeSet::new));
    } catch (UncheckedIOException e) {
      return chunks(repository); // one was deleted while we looked
    }
  }

  /** The profile for production, as a user has it written. */
  private Path settings() throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Commands.output(java, "-jar", Engine.JAR.toString(), "profiles", folder.toString());
    return folder.resolve("latencyscope.jfc");
  }

  private void keep(String name) throws IOException {
    Files.copy(
        folder.resolve("dump.jfr"), Path.of("target", name), StandardCopyOption.REPLACE_EXISTING);
  }
}
