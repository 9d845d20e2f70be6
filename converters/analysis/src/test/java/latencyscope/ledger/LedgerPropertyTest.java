package latencyscope.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import latencyscope.recording.thread.ThreadId;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What holds for any spans: nested, overlapping, cut off, out of order, or lost. */
class LedgerPropertyTest {
  private static final ThreadId THREAD = new ThreadId(4720, "strategy", 12);
  private static final int RANGE = 200;

  @Provide
  Arbitrary<Window> windows() {
    Arbitrary<Integer> start = Arbitraries.integers().between(0, RANGE);
    Arbitrary<Integer> length = Arbitraries.integers().between(0, RANGE / 2);
    return Combinators.combine(start, length)
        .as((from, ns) -> new Window("x", "x", THREAD, from, from + ns, true));
  }

  // A span may end before it begins, as damage would have it.
  @Provide
  Arbitrary<Span> spans() {
    Arbitrary<Cause> causes =
        Arbitraries.of(Cause.values())
            .filter(cause -> cause != Cause.ON_CPU && cause != Cause.UNEXPLAINED)
            .injectNull(0.1);
    Arbitrary<Integer> start = Arbitraries.integers().between(-10, RANGE + 60);
    Arbitrary<Integer> length = Arbitraries.integers().between(-2, RANGE);
    Arbitrary<String> culprits = Arbitraries.of("competitor", "kworker", "risk").injectNull(0.2);
    Arbitrary<Integer> ranks = Arbitraries.of(0, 1);
    return Combinators.combine(causes, start, length, culprits, ranks)
        .as((cause, from, ns, culprit, rank) ->
            new Span(cause, from, from + ns, culprit, null, 1, rank));
  }

  @Provide
  Arbitrary<List<Span>> streams() {
    return spans().list().ofMaxSize(40);
  }

  @Provide
  Arbitrary<Interval> coverages() {
    Arbitrary<Integer> bounds = Arbitraries.integers().between(-10, RANGE + 60);
    return Combinators.combine(bounds, bounds).as((from, to) -> new Interval(from, to));
  }

  @Property(tries = 5_000)
  void partsAndRemainderAddUpToTheNanosecond(
      @ForAll("windows") Window window,
      @ForAll("streams") List<Span> spans,
      @ForAll("coverages") Interval complete) {
    Ledger ledger = Ledger.of(window, spans, complete);
    long sum = ledger.unexplained();
    for (Part part : ledger.parts()) {
      assertTrue(part.ns() > 0, part::toString);
      assertTrue(part.longest() > 0 && part.longest() <= part.ns(), part::toString);
      assertTrue(part.stretches() > 0, part::toString);
      sum += part.ns();
    }
    assertTrue(ledger.unexplained() >= 0);
    assertEquals(window.duration(), sum);
    long at = window.start();
    for (Segment segment : ledger.segments()) {
      assertEquals(at, segment.start(), "a gap");
      assertTrue(segment.ns() > 0);
      at = segment.end();
    }
    assertEquals(window.duration() == 0 ? window.start() : window.end(), at);
  }

  @Property(tries = 2_000)
  void orderOfEventsDoesNotMatter(
      @ForAll("windows") Window window, @ForAll("streams") List<Span> spans, @ForAll long seed) {
    List<Span> shuffled = new ArrayList<>(spans);
    Collections.shuffle(shuffled, new Random(seed));
    assertEquals(
        Ledger.of(window, spans, Interval.ALWAYS).parts(),
        Ledger.of(window, shuffled, Interval.ALWAYS).parts());
  }

  @Property(tries = 1_000)
  void sayingThingsTwiceChangesNothing(
      @ForAll("windows") Window window, @ForAll("streams") List<Span> spans) {
    List<Span> twice = new ArrayList<>(spans);
    twice.addAll(spans);
    assertEquals(
        Ledger.of(window, spans, Interval.ALWAYS).parts(),
        Ledger.of(window, twice, Interval.ALWAYS).parts());
  }

  /** The definition itself, moment by moment, against the sweep. */
  @Property(tries = 2_000)
  void everyMomentIsChargedToTheFirstCauseThatHolds(
      @ForAll("windows") Window window,
      @ForAll("streams") List<Span> spans,
      @ForAll("coverages") Interval complete) {
    Map<Cause, Long> expected = new EnumMap<>(Cause.class);
    for (long t = window.start(); t < window.end(); t++) {
      Cause first = t >= complete.start() && t < complete.end() ? Cause.ON_CPU : Cause.UNEXPLAINED;
      for (Span span : spans) {
        boolean holds = span.cause() != null && span.start() <= t && t < span.end();
        first = holds && span.cause().compareTo(first) < 0 ? span.cause() : first;
      }
      expected.merge(first, 1L, Long::sum);
    }
    Ledger ledger = Ledger.of(window, spans, complete);
    for (Cause cause : Cause.values()) {
      assertEquals(expected.getOrDefault(cause, 0L), ledger.of(cause), cause::key);
    }
  }

  /** A lost record can only move time to a cause that comes later, or to what is unexplained. */
  @Property(tries = 1_000)
  void lossesNeverMakeMoreOfTheFirstCause(
      @ForAll("windows") Window window, @ForAll("streams") List<Span> spans) {
    for (int lost = 0; lost < Math.min(5, spans.size()); lost++) {
      List<Span> rest = new ArrayList<>(spans);
      Cause cause = rest.remove(lost).cause();
      Ledger before = Ledger.of(window, spans, Interval.EMPTY);
      Ledger after = Ledger.of(window, rest, Interval.EMPTY);
      if (cause != null) {
        assertTrue(after.of(cause) <= before.of(cause));
      }
      assertTrue(after.unexplained() >= before.unexplained());
    }
  }

  /** Splitting a window splits its ledger: nothing is counted twice or left out at the seam. */
  @Property(tries = 1_000)
  void ledgersOfTwoHalvesAddUpToThatOfTheWhole(
      @ForAll("windows") Window window,
      @ForAll("streams") List<Span> spans,
      @ForAll("coverages") Interval complete) {
    long middle = window.start() + window.duration() / 3;
    Ledger left =
        Ledger.of(new Window("x", "x", THREAD, window.start(), middle, true), spans, complete);
    Ledger right =
        Ledger.of(new Window("x", "x", THREAD, middle, window.end(), true), spans, complete);
    Ledger whole = Ledger.of(window, spans, complete);
    for (Cause cause : Cause.values()) {
      assertEquals(whole.of(cause), left.of(cause) + right.of(cause), cause::key);
    }
  }
}
