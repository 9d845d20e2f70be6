package latencyscope.analysis.syscall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import latencyscope.analysis.finding.Count;
import latencyscope.recording.event.CodeStack;
import latencyscope.recording.thread.ThreadId;
import org.junit.jupiter.api.Test;

class LockQueuesTest {
  private static FutexWait wait(long tid, long start, long duration, long runDelay) {
    return new FutexWait(
        new ThreadId(tid, "thread-" + tid, 0),
        start,
        duration,
        runDelay,
        0,
        "woken",
        true,
        false,
        -1,
        null,
        WaitReason.NATIVE_LOCK,
        null,
        "Heap_lock",
        0x7f00L,
        CodeStack.NONE);
  }

  private static LockAccount account(List<FutexWait> waits) {
    LockQueues queues = new LockQueues();
    queues.add(waits);
    assertEquals(1, queues.accounts().size());
    return queues.accounts().get(0);
  }

  private static int longest(List<FutexWait> waits) {
    int longest = 0;
    for (FutexWait at : waits) {
      long there =
          waits.stream()
              .filter(w -> w.start() <= at.start() && w.released() > at.start())
              .map(w -> w.thread().osTid())
              .distinct()
              .count();
      longest = Math.max(longest, (int) there);
    }
    return longest;
  }

  /** The judge adds up the waits themselves. */
  @Test
  void sumsAndLongestQueueAreThoseOfTheWaits() {
    Random random = new Random(20_261_122);
    for (int round = 0; round < 200; round++) {
      List<FutexWait> waits = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        long length = 2 + random.nextInt(60);
        waits.add(wait(1 + random.nextInt(6), random.nextInt(400), length, random.nextInt(2)));
      }
      LockAccount account = account(waits);
      assertEquals(40, account.all().count());
      assertEquals(waits.stream().mapToLong(FutexWait::blockedNs).sum(), account.all().totalNs());
      assertEquals(
          waits.stream().mapToLong(FutexWait::blockedNs).max().orElseThrow(),
          account.all().maxNs());
      assertEquals(longest(waits), account.longestQueue(), waits::toString);
      assertTrue(account.queued().count() <= 40);
    }
  }

  @Test
  void aWaitThatEndsAsAnotherBeginsIsNoQueue() {
    assertEquals(1, account(List.of(wait(1, 0, 10, 0), wait(2, 10, 10, 0))).longestQueue());
    assertEquals(2, account(List.of(wait(1, 0, 11, 0), wait(2, 10, 10, 0))).longestQueue());
    assertEquals(1, account(List.of(wait(1, 0, 11, 0), wait(1, 10, 10, 0))).longestQueue());
  }

  /** Each of the waits that go on was counted anew for each that begins: this took minutes. */
  @Test
  void aLongConvoyIsCountedOnce() {
    List<FutexWait> waits = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      waits.add(wait(i, i, 1_000_000, 0));
    }
    assertTimeoutPreemptively(
        Duration.ofSeconds(20), () -> assertEquals(20_000, account(waits).longestQueue()));
  }

  @Test
  void countsHaveTheirNouns() {
    assertEquals("1 wait", Count.words(1, "wait"));
    assertEquals("1,200 waits", Count.words(1_200, "wait"));
    assertEquals("0 deliveries", Count.words(0, "delivery", "deliveries"));
  }
}
