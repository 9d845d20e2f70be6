package latencyscope.truth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import latencyscope.bpf.libbpf.KernelTest;
import latencyscope.truth.account.KernelAccount;
import latencyscope.truth.engine.Engine;
import latencyscope.truth.engine.ExplainedLoad;
import latencyscope.truth.engine.Launch;
import latencyscope.truth.engine.StolenTime;
import latencyscope.truth.workload.SchedulerWorkload;
import org.junit.jupiter.api.Test;

/** Threads that had the same id one after the other, in one capture. */
@KernelTest
class ReusedIdIT extends ExplainedLoad {
  /** A few turns of others on its CPU; one life differs from the next by ten times as much. */
  private static final long TO_END_NS = 10_000_000;

  private static final int LIVES = 3;

  @Test
  void eachLifeHasItsOwnAccountAndLedger() throws Exception {
    Path accounts = folder.resolve("accounts.txt");
    Launch launch =
        Launch.of(SchedulerWorkload.class, "reuse", recording.toString(), accounts.toString())
            // No thread of the JVM's own is to be born meanwhile and take the id.
            .with("-XX:+UseSerialGC", "-XX:-UseDynamicNumberOfCompilerThreads")
            .under("unshare", "--pid", "--fork", "--kill-child", "--mount-proc");
    long mostStolenNs;
    try (Engine engine = engine(launch)) {
      List<StolenTime> stolen = StolenTime.ofEach();
      engine.say("go");
      engine.await("done");
      mostStolenNs = StolenTime.atMostNs(stolen);
      engine.say("stop");
      assertEquals(0, engine.finish());
    }
    assertEquals("", Files.readString(folder.resolve("stderr.txt")));
    List<KernelAccount> lives = KernelAccount.read(accounts);
    assertEquals(LIVES, lives.size());
    long id = lives.get(0).osThreadId();
    lives.forEach(life -> assertEquals(id, life.osThreadId(), "the id was not given again"));

    JsonNode threads = json("report").at("/isolation/threads");
    JsonNode windows = json("explain", "--thread", "life-*", "--top", "9").get("windows");
    assertEquals(LIVES, windows.size(), windows::toString);
    assertAddUp(windows);
    Set<Long> javaIds = new HashSet<>();
    for (int i = 0; i < LIVES; i++) {
      KernelAccount life = lives.get(i);
      JsonNode ours = only(threads, "life-" + i);
      assertEquals(id, ours.get("os_tid").asLong());
      javaIds.add(ours.get("java_tid").asLong());
      // After its last words it has to end, or to park: a few switches more.
      assertEquals(life.voluntary(), ours.get("voluntary_switches").asLong(), 5, life::toString);
      double tolerance = 0.02 * (life.cpuTimeNs() + life.runDelayNs());
      assertAccount(life.runDelayNs(), ours.get("run_delay_ns").asLong(), tolerance, 0);
      List<JsonNode> ledger = List.of(only(windows, "life-" + i));
      // What a hypervisor takes of it is in our account alone.
      assertAccount(life.cpuTimeNs(), sum(ledger, RUNNING), tolerance, mostStolenNs);
      assertAccount(life.runDelayNs(), sum(ledger, cause("runnable")), tolerance, 0);
    }
    assertEquals(LIVES, javaIds.size(), javaIds::toString);
  }

  /** The thread said its account itself; then it still had to end, and to wait for that. */
  private static void assertAccount(long said, long ours, double tolerance, long mostStolenNs) {
    assertTrue(
        ours >= said - tolerance && ours <= said + tolerance + TO_END_NS + mostStolenNs,
        "%d ns, by the thread itself %d, within %.0f, stolen at most %d"
            .formatted(ours, said, tolerance, mostStolenNs));
  }

  /** The only one of a thread of that name. */
  private static JsonNode only(JsonNode rows, String name) {
    JsonNode found = null;
    for (JsonNode row : rows) {
      if (row.get("thread").asText().equals(name)) {
        assertNull(found, () -> "twice " + name);
        found = row;
      }
    }
    assertNotNull(found, () -> "no " + name);
    return found;
  }
}
