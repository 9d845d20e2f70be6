package latencyscope.truth.account;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import jdk.jfr.consumer.RecordedEvent;

/**
 * The jumps of the clock that a spinning thread saw itself, against the interrupts that are said to
 * have taken its time.
 *
 * @param hit jumps in which there was an interrupt
 * @param interrupts those that lie in a jump
 * @param outside interrupts of the time between first and last jump that lie in none
 * @param worstOutsideNs how far an interrupt reached out of its jump
 * @param worstExcessNs how much more the interrupts of a jump are said to have taken than it was
 * @param explained share of the jumps below 100 us with an interrupt that interrupts explain; the
 *     rest is the CPU's way in and out, which on a virtual machine leads through the hypervisor
 */
public record GapComparison(
    int hit,
    int interrupts,
    int outside,
    long worstOutsideNs,
    long worstExcessNs,
    double explained) {
  private static final long SHORT_NS = 100_000;

  /** How far an interrupt may begin before a jump or end behind it to belong to it. */
  private static final long REACH_NS = 1_000;

  private record Span(Instant from, Instant to) {
    boolean holds(RecordedEvent event) {
      return event.getEndTime().isAfter(from) && event.getStartTime().isBefore(to);
    }

    long ns() {
      return Duration.between(from, to).toNanos();
    }

    Span wider(long ns) {
      return new Span(from.minusNanos(ns), to.plusNanos(ns));
    }
  }

  /**
   * Compares.
   *
   * @param gaps from and to by {@code System.nanoTime}, in ascending order
   */
  public static GapComparison of(List<long[]> gaps, OurInterrupts ours, long thread) {
    List<RecordedEvent> events = new ArrayList<>(ours.events(thread));
    events.sort(Comparator.comparing(RecordedEvent::getStartTime));
    long shortNs = 0;
    long shortTook = 0;
    int hit = 0;
    int placed = 0;
    int outside = 0;
    long worstOutside = 0;
    long worstExcess = 0;
    int next = 0;
    for (long[] gap : gaps) {
      Span span = new Span(ours.account().instant(gap[0]), ours.account().instant(gap[1]));
      Span reach = span.wider(REACH_NS);
      long took = 0;
      boolean any = false;
      while (next < events.size() && events.get(next).getStartTime().isBefore(reach.to())) {
        RecordedEvent event = events.get(next++);
        if (!reach.holds(event)) {
          outside += hit > 0 ? 1 : 0; // before the first jump, the thread did not look
          continue;
        }
        any = true;
        placed++;
        took += event.getDuration("net").toNanos();
        worstOutside = Math.max(worstOutside, outsideNs(span, event));
      }
      if (any) {
        hit++;
        worstExcess = Math.max(worstExcess, took - span.ns());
        if (span.ns() < SHORT_NS) {
          shortNs += span.ns();
          shortTook += took;
        }
      }
    }
    double explained = shortNs == 0 ? 0 : (double) shortTook / shortNs;
    return new GapComparison(hit, placed, outside, worstOutside, worstExcess, explained);
  }

  private static long outsideNs(Span span, RecordedEvent event) {
    long before = Duration.between(event.getStartTime(), span.from()).toNanos();
    long after = Duration.between(span.to(), event.getEndTime()).toNanos();
    return Math.max(before, after);
  }
}
