package latencyscope.truth.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import jdk.jfr.consumer.RecordedEvent;
import latencyscope.bpf.libbpf.KernelTest;
import latencyscope.truth.account.ContentionAccount;
import latencyscope.truth.account.OurAccount;
import latencyscope.truth.engine.Engine;
import latencyscope.truth.engine.ExplainedLoad;
import latencyscope.truth.engine.Launch;
import latencyscope.truth.workload.MappingEngine;
import org.junit.jupiter.api.Test;

/** Waits for locks of the kernel itself: how many, how long, for whom, in which line. */
@KernelTest
class KernelLockIT extends ExplainedLoad {
  // What happens between our reading of the clock and that of the other program.
  private static final double AGREEMENT = 0.02;
  private static final double MOST = 0.9;

  @Test
  void waitsForTheMemoryMapAreExactAndNameTheHolder() throws Exception {
    long waiter;
    long pid;
    ContentionAccount traced;
    try (Engine engine =
        Launch.of(MappingEngine.class, recording.toString())
            .with("--enable-native-access=ALL-UNNAMED")
            .withAgent("modules=isolation+syscall")
            .start(folder.resolve("stderr.txt"))) {
      engine.await("ready");
      pid = engine.jvmPid();
      traced = ContentionAccount.of(pid);
      engine.say("go");
      waiter = Long.parseLong(engine.await("waiter").strip());
      engine.await("done");
      traced.end();
      engine.say("stop");
      assertEquals(0, engine.finish());
    } finally {
      assertEquals("", Files.readString(folder.resolve("stderr.txt")), "the agent said something");
    }
    OurAccount ours = OurAccount.read(recording);
    List<RecordedEvent> waits =
        ours.events("KernelLockWait", waiter).stream()
            .filter(wait -> !wait.getString("lock").matches("spinlock|rwlock-.*"))
            .toList();
    long sum = waits.stream().mapToLong(wait -> wait.getDuration().toNanos()).sum();
    String both =
        "%,d waits of %,d ns; bpftrace: %,d of %,d ns"
            .formatted(waits.size(), sum, traced.count(waiter), traced.sumNs(waiter));
    System.out.println(both);
    assertTrue(traced.count(waiter) >= 20, both);
    assertEquals(traced.count(waiter), waits.size(), both);
    assertEquals(traced.sumNs(waiter), sum, AGREEMENT * sum, both);
    assertNamed(waits, pid);
    assertExplained(waits);
  }

  /**
   * Who has the lock is of the same process, the other thread most of the time, and the line is
   * that of the program's own code.
   */
  private static void assertNamed(List<RecordedEvent> waits, long pid) {
    long all = 0;
    long named = 0;
    long byHolder = 0;
    Map<String, Long> holders = new TreeMap<>();
    boolean line = false;
    Set<String> stacks = new TreeSet<>();
    for (RecordedEvent wait : waits) {
      long length = wait.getDuration().toNanos();
      all += length;
      holders.merge(wait.getString("lock") + " of " + wait.getString("holder"), length, Long::sum);
      String holder = wait.getString("holder");
      if (holder != null) {
        assertEquals(pid, wait.getLong("holderPid"), wait::toString);
        assertTrue(wait.getBoolean("mmapLock"), wait::toString);
        named += length;
      }
      byHolder += MappingEngine.HOLDER.equals(holder) ? length : 0;
      String stack = wait.getString("stack");
      stacks.add(String.valueOf(stack));
      if (stack != null) {
        assertTrue(!stack.contains("MappingEngine.hold"), stack);
        line |= stack.contains("MappingEngine.map:");
      }
    }
    // Other threads of a JVM that has just begun map memory, too, as compilers do.
    assertTrue(named >= MOST * all && byHolder >= all / 2, holders::toString);
    assertTrue(line, stacks::toString);
  }

  private static long within(List<RecordedEvent> waits, Instant from, Instant until) {
    long sum = 0;
    for (RecordedEvent wait : waits) {
      Instant begin = wait.getStartTime().isAfter(from) ? wait.getStartTime() : from;
      Instant end = wait.getEndTime().isBefore(until) ? wait.getEndTime() : until;
      sum += begin.isBefore(end) ? Duration.between(begin, end).toNanos() : 0;
    }
    return sum;
  }

  private void assertExplained(List<RecordedEvent> waits) throws Exception {
    JsonNode windows = json("explain", "--event", "test.Mapping").get("windows");
    assertTrue(windows.size() > 0, windows::toString);
    for (JsonNode window : windows) {
      List<JsonNode> one = List.of(window);
      long runnable = sum(one, cause("runnable"));
      long locked =
          sum(
              one,
              cause("kernel_lock").and(part -> part.get("culprit").asText().contains("mmap_lock")));
      long duration = window.get("duration_ns").asLong();
      Instant from = Instant.parse(window.get("start").asText());
      long waited = within(waits, from, from.plusNanos(duration));
      assertTrue(waited > 0, window::toPrettyString);
      // Of a wait, what the thread was runnable is charged to who had its CPU.
      String both = waited + ": " + window.toPrettyString();
      assertTrue(locked <= waited * (1 + AGREEMENT), both);
      assertTrue(locked + runnable >= waited * (1 - AGREEMENT), both);
      assertTrue(window.get("unexplained_ns").asLong() <= AGREEMENT * duration, window::toString);
    }
  }
}
