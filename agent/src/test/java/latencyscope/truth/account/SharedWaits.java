package latencyscope.truth.account;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.List;
import jdk.jfr.consumer.RecordedEvent;

/**
 * Waits of a thread, and who was charged for how much of them.
 *
 * @param waits its {@code RunQueueWait} events
 * @param shares its {@code WaitShare} events
 * @param sleeps its {@code ContextSwitch} events in which it slept, as at a safepoint
 */
public record SharedWaits(
    List<RecordedEvent> waits, List<RecordedEvent> shares, List<RecordedEvent> sleeps) {
  /** Those within an event at whose begin and end the thread ran. */
  public static SharedWaits of(OurAccount ours, long osThreadId, RecordedEvent window) {
    Instant from = window.getStartTime();
    Instant to = window.getEndTime();
    return new SharedWaits(
        ours.events("RunQueueWait", osThreadId).stream()
            .filter(wait -> isWithin(wait, 0, wait.getDuration().toNanos(), from, to))
            .toList(),
        ours.events("WaitShare", osThreadId).stream()
            .filter(
                share -> isWithin(share, nanos(share, "offset"), nanos(share, "waited"), from, to))
            .toList(),
        ours.events("ContextSwitch", osThreadId).stream()
            .filter(stay -> !stay.getString("state").equals("running"))
            .filter(stay -> isWithin(stay, 0, stay.getDuration().toNanos(), from, to))
            .toList());
  }

  // By the middle: what an event and a wait differ by is less than half of either.
  private static boolean isWithin(
      RecordedEvent event, long offset, long waited, Instant from, Instant to) {
    Instant middle = event.getStartTime().minusNanos(offset).plusNanos(waited / 2);
    return middle.isAfter(from) && middle.isBefore(to);
  }

  private static long nanos(RecordedEvent event, String field) {
    return event.getDuration(field).toNanos();
  }

  /** How long it did not wait for a CPU: who ran then is not charged. */
  public long asleepNs() {
    return sleeps.stream()
        .mapToLong(stay -> stay.getDuration().toNanos() - nanos(stay, "waited"))
        .sum();
  }

  /** What is charged to a process in all. */
  long blamedOn(long pid) {
    long alone =
        waits.stream()
            .filter(wait -> wait.getInt("shares") == 0 && wait.getLong("culpritPid") == pid)
            .mapToLong(wait -> nanos(wait, "culpritHeld"))
            .sum();
    return alone
        + shares.stream()
            .filter(share -> share.getLong("culpritPid") == pid)
            .mapToLong(share -> nanos(share, "kernelDuration"))
            .sum();
  }

  public Blame blame(long pid, long ranNs) {
    return new Blame(pid, ranNs, blamedOn(pid));
  }

  /** What a process is charged with, and what it ran by its own account. */
  public record Blame(long pid, long ranNs, long blamedNs) {
    /**
     * Within 2 %, and never more than it ran, but for what two clocks differ by (0.5 %) and what
     * the hypervisor took while it had the CPU.
     *
     * @param stolenNs from all of them together: from which, no account says
     */
    public boolean agrees(long stolenNs) {
      return blamedNs >= 0.98 * ranNs && blamedNs <= 1.005 * ranNs + stolenNs;
    }
  }

  /** To the nanosecond, for as long as is said to be accounted for. */
  public void assertEveryWaitAddsUp() {
    List<RecordedEvent> shared = waits.stream().filter(wait -> wait.getInt("shares") > 0).toList();
    long accounted = shared.stream().mapToLong(wait -> nanos(wait, "accounted")).sum();
    assertEquals(
        accounted, shares.stream().mapToLong(share -> nanos(share, "kernelDuration")).sum());
    assertEquals(
        accounted,
        shares.stream()
            .filter(share -> share.getBoolean("last"))
            .mapToLong(share -> nanos(share, "culpritHeld"))
            .sum());
    assertEquals(shared.stream().mapToInt(wait -> wait.getInt("shares")).sum(), shares.size());
  }

  /** However many threads a process has, each wait that it was a part of says once what it held. */
  public void assertOneCulprit(long pid) {
    List<RecordedEvent> its =
        shares.stream().filter(share -> share.getLong("culpritPid") == pid).toList();
    // No two waits of a few dozen are of the same length to the nanosecond.
    long waitsOfIt = its.stream().map(share -> nanos(share, "waited")).distinct().count();
    long ends = its.stream().filter(share -> share.getBoolean("last")).count();
    assertEquals(waitsOfIt, ends, "times that a wait says what process " + pid + " held");
  }
}
