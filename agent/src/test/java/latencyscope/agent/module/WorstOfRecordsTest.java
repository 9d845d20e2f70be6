package latencyscope.agent.module;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import java.util.List;
import latencyscope.bpf.libbpf.KernelTest;
import org.junit.jupiter.api.Test;

/** Under a threshold that nothing reaches, the kernel side sends the longest few all the same. */
@KernelTest
class WorstOfRecordsTest {
  private static final int RUN_QUEUE_WAIT = 0;
  private static final int WORST = 8;
  private static final int MANY = 150;
  private static final long AN_HOUR_NS = 3_600_000_000_000L;
  private static final long NOT_ENABLED = -1;

  @Test
  void theLongestAreSentAndOfTheRestHardlyAny() throws Exception {
    try (WatchedJvm jvm = new WatchedJvm(1 << 20)) {
      threshold(jvm, AN_HOUR_NS);
      jvm.watchSleeps();
      List<Long> sent =
          jvm.records(RUN_QUEUE_WAIT).stream().map(jvm.header()::durationNs).sorted().toList();
      long waits = jvm.waits();
      // A sleep that is over before the thread has left its CPU is none.
      assertTrue(waits >= MANY, waits + " waits");
      assertEquals(jvm.longestWaitNs(), sent.getLast());
      assertTrue(sent.size() >= WORST, sent + " sent");
      // Of n in random order some 8 (1 + ln n/8) are among the longest 8 when they come.
      assertTrue(sent.size() < waits / 2, sent.size() + " of " + waits + " sent");
    }
  }

  @Test
  void nothingIsSentThatNobodyRecords() throws Exception {
    try (WatchedJvm jvm = new WatchedJvm(1 << 20)) {
      threshold(jvm, NOT_ENABLED);
      jvm.watchSleeps();
      assertTrue(jvm.waits() >= MANY);
      assertEquals(0, jvm.records(RUN_QUEUE_WAIT).size());
    }
  }

  private static void threshold(WatchedJvm jvm, long ns) throws Exception {
    jvm.variable("threshold_ns").setAtIndex(ValueLayout.JAVA_LONG, RUN_QUEUE_WAIT, ns);
  }
}
