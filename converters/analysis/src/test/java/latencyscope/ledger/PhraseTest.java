package latencyscope.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.Test;

class PhraseTest {
  private static String spent(Cause cause, String culprit) {
    return Phrase.spent(new Part(cause, culprit, null, null, 1, 61_000, 61_000, 1));
  }

  @Test
  void threadSpendsItsTimeAndLosesItToInterrupts() {
    assertEquals(
        "spent 61.0 µs runnable and not running, behind sh on CPU 1", spent(Cause.RUNNABLE, "sh"));
    assertEquals("lost 61.0 µs to a softirq, NET_RX, on CPU 1", spent(Cause.SOFTIRQ, "NET_RX"));
    assertEquals("lost 61.0 µs to a non-maskable interrupt", spent(Cause.NMI, null));
    assertEquals(
        "spent 61.0 µs in a major fault on /data/x",
        spent(Cause.PAGE_FAULT, "major fault on /data/x"));
  }

  @Test
  void aLiveViewHasFewWords() {
    assertEquals("behind sh (pid 7) on CPU 1", Phrase.brief(Cause.RUNNABLE, "sh (pid 7)", 1));
    assertEquals("waited for a CPU", Phrase.brief(Cause.RUNNABLE, null, -1));
    assertEquals("idle CPU 2 being woken", Phrase.brief(Cause.RUNNABLE, SpanReader.IDLE, 2));
    assertEquals("NET_RX on CPU 1", Phrase.brief(Cause.SOFTIRQ, "NET_RX", 1));
    assertEquals("softirq on CPU 1", Phrase.brief(Cause.SOFTIRQ, null, 1));
    assertEquals("major fault on /x", Phrase.brief(Cause.PAGE_FAULT, "major fault on /x", 1));
    for (Cause cause : Cause.values()) {
      assertFalse(Phrase.brief(cause, null, -1).contains("null"), cause::key);
    }
  }

  @Test
  void whatMightNotHaveBeenIsNamed() {
    assertEquals("the waits behind sh on CPU 1", Phrase.without(Cause.RUNNABLE, "sh", 1));
    assertEquals("the waits for a CPU", Phrase.without(Cause.RUNNABLE, null, -1));
    assertEquals("the waking of idle CPUs", Phrase.without(Cause.RUNNABLE, SpanReader.IDLE, -1));
    assertEquals("IRQ 142 (eth0) on CPU 4", Phrase.without(Cause.HARD_IRQ, "IRQ 142 (eth0)", 4));
    assertEquals("the softirqs NET_RX on CPU 1", Phrase.without(Cause.SOFTIRQ, "NET_RX", 1));
    assertEquals("the local interrupts", Phrase.without(Cause.LOCAL_INTERRUPT, null, -1));
    assertEquals("the non-maskable interrupts", Phrase.without(Cause.NMI, null, -1));
    assertEquals("the time blocked until woken by risk", Phrase.without(Cause.BLOCKED, "risk", 1));
    for (Cause cause : Cause.values()) {
      assertFalse(Phrase.without(cause, null, -1).contains("null"), cause::key);
    }
  }
}
