package latencyscope.truth.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Comparator;
import java.util.List;
import jdk.jfr.consumer.RecordedEvent;

/** How far a recording must agree with the scheduler's own account of the same threads. */
public final class SchedulerAgreement {
  private SchedulerAgreement() {}

  public static void assertExact(KernelAccount kernel, OurAccount ours) {
    long id = kernel.osThreadId();
    long missed = ours.counter(id, "switches_missed");
    long switches = kernel.voluntary() + kernel.involuntary();
    assertTrue(missed <= 1 + switches / 100, missed + " of " + switches + " were not traced");
    assertEquals(kernel.voluntary(), ours.counter(id, "voluntary_switches"), "voluntary");
    assertEquals(kernel.involuntary(), ours.counter(id, "involuntary_switches"), "involuntary");
    assertEquals(kernel.runCount(), ours.counter(id, "run_delay_count"), "schedstat count");
    assertEquals(kernel.runDelayNs(), ours.counter(id, "run_delay_ns"), "schedstat run_delay");
    assertEquals(kernel.runCount(), ours.waits(id), "waits");
    assertEquals(kernel.cpuTimeNs(), ours.counter(id, "cpu_time_ns"), "schedstat CPU time");
    if (kernel.migrations() >= 0) {
      assertEquals(kernel.migrations(), ours.migrations(id), "migrations");
      long untraced = ours.counter(id, "migrations_untraced");
      assertTrue(
          untraced <= 1 + kernel.migrations() / 100,
          untraced + " of " + kernel.migrations() + " migrations were not traced");
    }
  }

  /**
   * With a threshold of 0 there is an event for every switch but the last, from which the thread
   * has not come back; or else the recording says that it was lost, or that the kernel did not
   * trace it.
   */
  public static void assertEventsComplete(List<KernelAccount> threads, OurAccount ours) {
    long switches = 0;
    long waits = 0;
    long switchEvents = 0;
    long waitEvents = 0;
    long missed = 0;
    for (KernelAccount kernel : threads) {
      switches += kernel.voluntary() + kernel.involuntary() - 1;
      waits += kernel.runCount();
      missed += ours.counter(kernel.osThreadId(), "switches_missed");
      switchEvents += ours.events("ContextSwitch", kernel.osThreadId()).size();
      waitEvents += ours.events("RunQueueWait", kernel.osThreadId()).size();
    }
    assertComplete(switches, switchEvents, ours.lost("ContextSwitch") + missed, "ContextSwitch");
    assertComplete(waits, waitEvents, ours.lost("RunQueueWait"), "RunQueueWait");
  }

  private static void assertComplete(long happened, long events, long lost, String type) {
    // Other threads of the JVM lose records as well: the loss is an upper bound, 0 an exact one.
    assertTrue(
        events <= happened && events + lost >= happened,
        type + ": " + happened + " happened, " + events + " events, " + lost + " lost");
  }

  static void assertOnItsThread(RecordedEvent event, long osThreadId) {
    assertEquals(osThreadId, event.getThread().getOSThreadId());
    assertEquals(event.getString("thread"), event.getThread().getJavaName());
  }

  /**
   * Events of a thread that is born while we watch: it blocks before it is a thread of Java, and
   * what is decoded until the directory has found it is on no lane, though under its id.
   */
  public static void assertOnItsThreadOnceKnown(List<RecordedEvent> events, KernelAccount kernel) {
    List<RecordedEvent> inOrder =
        events.stream().sorted(Comparator.comparing(RecordedEvent::getStartTime)).toList();
    int known = 0;
    while (known < inOrder.size() && inOrder.get(known).getThread() == null) {
      known++;
    }
    assertTrue(known < inOrder.size() / 2, known + " events on no lane: " + kernel);
    inOrder
        .subList(known, inOrder.size())
        .forEach(event -> assertOnItsThread(event, kernel.osThreadId()));
  }

  public static void assertWaitedAgrees(KernelAccount kernel, OurAccount ours) {
    // Since Linux 6.12 the scheduler's own account of waits has sleeps in it.
    long asleep = ours.counter(kernel.osThreadId(), "run_delay_asleep_ns");
    double ratio = (double) ours.waitedNs(kernel.osThreadId()) / (kernel.runDelayNs() - asleep);
    assertEquals(
        1.0, ratio, 0.01, "waited, by our clock, against " + kernel + " less " + asleep + " ns");
  }
}
