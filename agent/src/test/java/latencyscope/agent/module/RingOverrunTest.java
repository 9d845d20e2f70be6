package latencyscope.agent.module;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import latencyscope.bpf.libbpf.KernelTest;
import org.junit.jupiter.api.Test;

/** A ring that nobody empties: what does not fit is counted, record by record. */
@KernelTest
class RingOverrunTest {
  private static final int RING_BYTES = 1 << 14;
  private static final int RUN_QUEUE_WAIT = 0;

  @Test
  void everyRecordIsEitherInTheRingOrCountedAsLost() throws Exception {
    try (WatchedJvm jvm = new WatchedJvm(RING_BYTES)) {
      jvm.watchSleeps();
      long sent = jvm.records(RUN_QUEUE_WAIT).size();
      long lost = jvm.variable("lost").getAtIndex(ValueLayout.JAVA_LONG, RUN_QUEUE_WAIT);
      assertTrue(sent > 10, "the ring held " + sent + " waits");
      assertTrue(lost > 100, lost + " waits were lost");
      assertEquals(jvm.waits(), sent + lost);
    }
  }
}
