package latencyscope.truth.account;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;

/**
 * A thread's own stamps around its stalls, and the kernel's own trace of them, against the events
 * about them.
 *
 * @param count stalls that have an event
 * @param medianBeginErrorNs from the stamp before to the event's begin
 * @param medianEndErrorNs from the event's end to the stamp after: with the rest of the switch and
 *     whatever interrupt was waiting for it
 * @param medianBeginOffTraceNs between the event's begin and the switch in the kernel's trace
 * @param medianEndOffTraceNs between the event's end and the switch in the kernel's trace
 * @param medianStallNs length of the events
 * @param worstOutsideNs how far an event reached out of its stamps
 */
public record StampComparison(
    int count,
    long medianBeginErrorNs,
    long medianEndErrorNs,
    long medianBeginOffTraceNs,
    long medianEndOffTraceNs,
    long medianStallNs,
    long worstOutsideNs) {

  public static StampComparison of(
      List<String> lines, SwitchTrace.Stamps trace, OurAccount ours, long osThreadId) {
    NavigableSet<Instant> out = instants(trace.out(), ours);
    NavigableSet<Instant> in = instants(trace.in(), ours);
    List<RecordedEvent> stalls = new ArrayList<>(ours.events("ContextSwitch", osThreadId));
    stalls.removeIf(event -> event.getBoolean("voluntary"));
    stalls.sort(Comparator.comparing(RecordedEvent::getStartTime));
    long[] beginErrors = new long[stalls.size()];
    long[] endErrors = new long[stalls.size()];
    long[] beginsOff = new long[stalls.size()];
    long[] endsOff = new long[stalls.size()];
    long[] lengths = new long[stalls.size()];
    long worst = 0;
    int count = 0;
    for (String line : lines) {
      if (!line.startsWith("stamp ")) {
        continue;
      }
      String[] words = line.split(" ");
      Instant before = ours.instant(Long.parseLong(words[1]));
      Instant after = ours.instant(Long.parseLong(words[2]));
      List<RecordedEvent> within =
          stalls.stream()
              .filter(event -> event.getStartTime().isBefore(after))
              .filter(event -> event.getEndTime().isAfter(before))
              .toList();
      if (within.size() != 1) {
        continue; // not yielded to anybody, or preempted on top of it
      }
      beginErrors[count] = Duration.between(before, within.get(0).getStartTime()).toNanos();
      endErrors[count] = Duration.between(within.get(0).getEndTime(), after).toNanos();
      beginsOff[count] = toNearest(out, within.get(0).getStartTime());
      endsOff[count] = toNearest(in, within.get(0).getEndTime());
      lengths[count] = within.get(0).getDuration().toNanos();
      worst = Math.max(worst, -Math.min(beginErrors[count], endErrors[count]));
      count++;
    }
    return new StampComparison(
        count,
        median(beginErrors, count),
        median(endErrors, count),
        median(beginsOff, count),
        median(endsOff, count),
        median(lengths, count),
        worst);
  }

  private static NavigableSet<Instant> instants(List<Long> stamps, OurAccount ours) {
    NavigableSet<Instant> instants = new TreeSet<>();
    stamps.forEach(stamp -> instants.add(ours.instant(stamp)));
    return instants;
  }

  private static long toNearest(NavigableSet<Instant> instants, Instant instant) {
    return Stream.of(instants.floor(instant), instants.ceiling(instant))
        .filter(Objects::nonNull)
        .mapToLong(near -> Duration.between(near, instant).abs().toNanos())
        .min()
        .orElse(Long.MAX_VALUE);
  }

  private static long median(long[] values, int count) {
    long[] sorted = Arrays.copyOf(values, count);
    Arrays.sort(sorted);
    return count == 0 ? Long.MAX_VALUE : sorted[count / 2];
  }
}
