package latencyscope.analysis.isolation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import latencyscope.analysis.finding.Finding;
import latencyscope.analysis.rhythm.Rhythm;
import latencyscope.analysis.rhythm.Rhythms;
import latencyscope.recording.Fixture;
import latencyscope.recording.chunk.RecordingException;
import latencyscope.recording.thread.ThreadId;
import org.junit.jupiter.api.Test;

class RhythmTest {
  private static final long SECOND = 1_000_000_000;
  private static final long PERIOD = 47 * SECOND;

  private final Random random = new Random(42);

  private long about(long time, long spread) {
    return time + Math.round(random.nextGaussian() * spread);
  }

  private static Rhythm rhythm(long[] starts) {
    return Rhythm.of(starts).orElseThrow(() -> new AssertionError("no rhythm"));
  }

  @Test
  void aTimerIsFoundWithItsPeriodAndSpread() {
    long[] starts = LongStream.range(0, 60).map(i -> about(i * PERIOD, SECOND / 10)).toArray();
    Rhythm rhythm = rhythm(starts);
    assertEquals(47.0, rhythm.periodNs() / 1e9, 0.05);
    // Distances have the spread of both their ends.
    assertEquals(0.1 * Math.sqrt(2), rhythm.spreadNs() / 1e9, 0.05);
    assertEquals(60, rhythm.occurrences());
    assertTrue(rhythm.describe().matches("every 47\\.0 s ± 0\\.[12] s"), rhythm.describe());
  }

  @Test
  void occurrencesThatAThresholdHidesDoNotMatter() {
    long[] starts =
        LongStream.range(0, 100)
            .filter(i -> random.nextInt(10) < 6)
            .map(i -> about(i * PERIOD, SECOND / 100))
            .toArray();
    assertEquals(47.0, rhythm(starts).periodNs() / 1e9, 0.05);
  }

  @Test
  void evenMostMayBeHidden() {
    long[] starts = {0, 3, 4, 6, 9, 10, 12, 15, 17};
    Rhythm rhythm = rhythm(LongStream.of(starts).map(i -> i * PERIOD).toArray());
    assertEquals(PERIOD, rhythm.periodNs());
    assertEquals(0, rhythm.spreadNs());
  }

  @Test
  void oneOccurrenceThatHitSeveralThreadsIsOne() {
    long[] starts =
        LongStream.range(0, 20)
            .flatMap(i -> LongStream.of(i * SECOND, i * SECOND + 30_000, i * SECOND + 90_000))
            .toArray();
    Rhythm rhythm = rhythm(starts);
    assertEquals(SECOND, rhythm.periodNs());
    assertEquals(20, rhythm.occurrences());
  }

  @Test
  void theOrderDoesNotMatter() {
    assertEquals(4 * SECOND, rhythm(new long[] {0, 20, 8, 4, 16, 12, 24}, SECOND).periodNs());
  }

  private static Rhythm rhythm(long[] starts, long unit) {
    return rhythm(LongStream.of(starts).map(i -> i * unit).toArray());
  }

  @Test
  void fewOccurrencesHaveNone() {
    assertEquals(Optional.empty(), Rhythm.of(new long[0]));
    assertEquals(
        Optional.empty(), Rhythm.of(LongStream.range(0, 5).map(i -> i * PERIOD).toArray()));
  }

  @Test
  void whatComesByChanceHasNone() {
    int found = 0;
    for (int trial = 0; trial < 5_000; trial++) {
      int count = Rhythm.LEAST_OCCURRENCES + random.nextInt(50);
      long[] starts = random.longs(count, 0, 3_600 * SECOND).toArray();
      found += Rhythm.of(starts).isPresent() ? 1 : 0;
    }
    assertTrue(found <= 50, found + " of 5,000 random series have a rhythm");
  }

  @Test
  void shortPeriodsAreInTheirUnit() {
    assertEquals("every 4.0 ms ± 0.0 ms", new Rhythm(4_000_000, 0, 9).describe());
    assertEquals("every 1.000 s ± 0.004 s", new Rhythm(SECOND, 4_000_000, 9).describe());
    assertEquals("every 250.0 ms ± 0.2 ms", new Rhythm(250_000_000, 200_000, 9).describe());
  }

  @Test
  void causesAreKeptApart() {
    Rhythms<String> rhythms = new Rhythms<>();
    for (int i = 0; i < 10; i++) {
      rhythms.add("a", i * SECOND);
      rhythms.add("b", i * 3 * SECOND);
    }
    assertEquals(SECOND, rhythms.of("a"::equals).orElseThrow().periodNs());
    assertEquals(3 * SECOND, rhythms.of("b"::equals).orElseThrow().periodNs());
    assertEquals(Optional.empty(), rhythms.of("c"::equals));
  }

  /** In Mission Control a thread has its full name from the start, in a file not. */
  @Test
  void aThreadThatIsRenamedKeepsItsRhythm() throws RecordingException {
    ThreadId strategy = new ThreadId(7, "strategy", 1);
    Fixture fixture = new Fixture().capture("", "");
    for (int i = 0; i < 20; i++) {
      String name = i < 10 ? "java" : "backup-runner";
      fixture.wait(strategy, i * SECOND / 10, 50_000, 1, "preempted", name, 4242);
    }
    // A process is one culprit, under the name that it had in the worst of equal waits.
    Finding finding =
        fixture.report().findings().stream()
            .filter(f -> f.title().equals("java preempted strategy"))
            .findFirst()
            .orElseThrow();
    assertEquals(20, finding.count());
    String evidence = finding.evidence();
    assertTrue(evidence.contains("every 100.0 ms"), evidence);
  }
}
