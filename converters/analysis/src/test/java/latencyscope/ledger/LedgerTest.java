package latencyscope.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import latencyscope.recording.event.CodeStack;
import latencyscope.recording.thread.ThreadId;
import org.junit.jupiter.api.Test;

/** The algebra, by cases that were worked out by hand. */
class LedgerTest {
  private static final ThreadId THREAD = new ThreadId(4720, "strategy", 12);
  private static final Window WINDOW = window(1_000, 2_000);

  private static Window window(long start, long end) {
    return new Window("demo.TickToTrade", "Tick to Trade", THREAD, start, end, true);
  }

  private static Span span(Cause cause, long start, long end, String culprit) {
    return Span.of(cause, start, end, culprit, null, 1);
  }

  private static Ledger ledger(Span... spans) {
    return Ledger.of(WINDOW, List.of(spans), Interval.ALWAYS);
  }

  private static void assertParts(Ledger ledger, Object... causesAndNs) {
    long sum = 0;
    for (int i = 0; i < causesAndNs.length; i += 2) {
      Cause cause = (Cause) causesAndNs[i];
      long ns = (Integer) causesAndNs[i + 1];
      assertEquals(ns, ledger.of(cause), cause.key());
      sum += ns;
    }
    assertEquals(ledger.window().duration(), sum, "the test's own sum");
  }

  @Test
  void nothingRecordedIsOnCpuOnlyWhereTheAccountIsComplete() {
    assertParts(ledger(), Cause.ON_CPU, 1_000);
    assertParts(
        Ledger.of(WINDOW, List.of(), new Interval(1_200, 1_500)),
        Cause.ON_CPU,
        300,
        Cause.UNEXPLAINED,
        700);
    assertParts(Ledger.of(WINDOW, List.of(), Interval.EMPTY), Cause.UNEXPLAINED, 1_000);
    assertParts(Ledger.of(WINDOW, List.of(), new Interval(2_500, 3_000)), Cause.UNEXPLAINED, 1_000);
  }

  @Test
  void interruptInAFaultInACallIsCountedOnceAsTheInterrupt() {
    Ledger ledger =
        ledger(
            span(Cause.SYSCALL, 1_100, 1_900, "read"),
            span(Cause.PAGE_FAULT, 1_200, 1_800, "minor fault on java-heap"),
            span(Cause.SOFTIRQ, 1_300, 1_600, "NET_RX"),
            span(Cause.LOCAL_INTERRUPT, 1_350, 1_550, "local-timer"),
            span(Cause.HARD_IRQ, 1_400, 1_500, "IRQ 142 (eth0)"),
            span(Cause.NMI, 1_420, 1_430, "nmi"));
    assertParts(
        ledger,
        Cause.NMI,
        10,
        Cause.HARD_IRQ,
        90,
        Cause.LOCAL_INTERRUPT,
        100,
        Cause.SOFTIRQ,
        100,
        Cause.PAGE_FAULT,
        300,
        Cause.SYSCALL,
        200,
        Cause.ON_CPU,
        200);
    Part irq = ledger.parts().stream().filter(p -> p.cause() == Cause.HARD_IRQ).findFirst().get();
    assertEquals(2, irq.stretches(), "the NMI cuts it in two");
    assertEquals(70, irq.longest());
  }

  @Test
  void blockInAFaultIsTheFaultsAndAWaitInAFaultIsAWait() {
    Ledger ledger =
        ledger(
            span(Cause.PAGE_FAULT, 1_100, 1_900, "major fault on /data/journal"),
            span(Cause.BLOCKED, 1_200, 1_600, "an interrupt"),
            span(Cause.RUNNABLE, 1_600, 1_700, "backup.sh (pid 812)"));
    assertParts(ledger, Cause.PAGE_FAULT, 700, Cause.RUNNABLE, 100, Cause.ON_CPU, 200);
  }

  @Test
  void blockNamesTheCallItIsInAndTheJvmsWordForItFirst() {
    Span park = Span.java(1_050, 1_950, "park on a ReentrantLock", CodeStack.NONE);
    Span futex = span(Cause.SYSCALL, 1_100, 1_900, "futex wait");
    Span blocked = span(Cause.BLOCKED, 1_200, 1_800, "lock-rival");
    assertEquals("futex wait", ledger(futex, blocked).parts().get(0).within());
    Ledger both = ledger(park, futex, blocked);
    assertEquals("park on a ReentrantLock", both.parts().get(0).within());
    assertEquals("lock-rival", both.parts().get(0).culprit());
    assertParts(both, Cause.BLOCKED, 600, Cause.SYSCALL, 200, Cause.ON_CPU, 200);
    assertParts(ledger(park), Cause.ON_CPU, 1_000);
    Ledger unknown = Ledger.of(WINDOW, List.of(park), Interval.EMPTY);
    assertParts(unknown, Cause.UNEXPLAINED, 1_000);
  }

  @Test
  void waitIsChargedToWhoeverTheWaitItselfNames() {
    // The switch knows who came in, the wait who held the CPU longest.
    Span fromSwitch = span(Cause.RUNNABLE, 1_100, 1_500, "kworker/1:0");
    Span fromWait = new Span(Cause.RUNNABLE, 1_102, 1_500, "competitor (pid 900)", null, 1, 1);
    Ledger ledger = ledger(fromSwitch, fromWait);
    assertEquals("competitor (pid 900)", ledger.parts().get(1).culprit());
    assertEquals(398, ledger.parts().get(1).ns());
    assertEquals(400, ledger.of(Cause.RUNNABLE));
  }

  @Test
  void spansAreCutAtTheWindow() {
    Ledger ledger =
        ledger(
            span(Cause.BLOCKED, 0, 1_300, "risk"),
            span(Cause.RUNNABLE, 1_900, 5_000, "competitor"),
            span(Cause.HARD_IRQ, 2_000, 2_100, "IRQ 1"),
            span(Cause.HARD_IRQ, 900, 1_000, "IRQ 1"));
    assertParts(ledger, Cause.BLOCKED, 300, Cause.RUNNABLE, 100, Cause.ON_CPU, 600);
  }

  @Test
  void spansThatEndBeforeTheyBeginSayNothing() {
    assertParts(ledger(span(Cause.BLOCKED, 1_500, 1_400, "x")), Cause.ON_CPU, 1_000);
    assertParts(ledger(span(Cause.BLOCKED, 1_500, 1_500, "x")), Cause.ON_CPU, 1_000);
  }

  @Test
  void emptyWindowHasNoParts() {
    Ledger ledger = Ledger.of(window(5, 5), List.of(span(Cause.NMI, 0, 9, "x")), Interval.ALWAYS);
    assertEquals(List.of(), ledger.parts());
    assertEquals(0, ledger.unexplained());
  }

  @Test
  void windowThatEndsBeforeItBeginsIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> window(2, 1));
  }

  @Test
  void partsOfOneCulpritAreOnePartWithItsLongestStretch() {
    Ledger ledger =
        ledger(
            span(Cause.RUNNABLE, 1_000, 1_100, "competitor"),
            span(Cause.RUNNABLE, 1_300, 1_550, "competitor"),
            new Span(Cause.RUNNABLE, 1_600, 1_650, "competitor", null, 3, 0));
    Part part = ledger.parts().get(1);
    assertEquals(400, part.ns());
    assertEquals(250, part.longest());
    assertEquals(3, part.stretches());
    assertEquals(-1, part.cpu(), "it was on two CPUs");
    assertNull(part.detail());
  }

  @Test
  void aPartHasTheLineOfItsLongestStretchOfWhichItIsKnown() {
    Span fault = span(Cause.PAGE_FAULT, 1_100, 1_200, "minor fault");
    Span call = span(Cause.SYSCALL, 1_300, 1_700, "read");
    Span blocked = span(Cause.BLOCKED, 1_350, 1_650, "writer");
    Ledger ledger =
        ledger(
            fault,
            span(Cause.PAGE_FAULT, 1_210, 1_230, "minor fault")
                .at(CodeStack.of("demo.Book.insert:88")),
            call.at(CodeStack.of("java.io.In.read:1 < demo.Feed.poll:12")),
            blocked);
    Part waited = ledger.parts().get(1);
    assertEquals(Cause.BLOCKED, waited.cause());
    assertEquals(List.of("java.io.In.read:1", "demo.Feed.poll:12"), waited.stack().frames());
    assertEquals("blocked in read, woken by writer, at demo.Feed.poll:12", Phrase.located(waited));
    Part faults = ledger.parts().get(2);
    assertEquals(120, faults.ns());
    assertEquals(List.of("demo.Book.insert:88"), faults.stack().frames());
    assertEquals(List.of(), ledger.parts().get(0).stack().frames(), "on CPU");
  }
}
