package latencyscope.truth.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Pattern;
import latencyscope.bpf.libbpf.KernelTest;
import latencyscope.truth.engine.Commands;
import latencyscope.truth.engine.Engine;
import latencyscope.truth.engine.ExplainedLoad;
import latencyscope.truth.workload.LedgerWorkload;
import org.junit.jupiter.api.Test;

/** What made the JVM's pauses long, where that was provoked. */
@KernelTest
class AutopsyIT extends ExplainedLoad {
  private static final long LONG_NS = 30_000_000;

  // The flight recorder has a compiled loop at its last poll, which is where it is called.
  private static final String CODE =
      Pattern.quote(LedgerWorkload.class.getName()) + "\\.(withoutPoll|lambda\\$unpolled\\$0):.*";

  @Test
  void threadWithoutACpuIsTheOneThatASafepointWaitedFor() throws Exception {
    int rounds = 10;
    Process competitor = null;
    String culprit;
    Path pipe = folder.resolve("turns");
    Commands.output("mkfifo", pipe.toString());
    try (Engine engine =
        engine(load("late").with("-XX:+UseSerialGC").under("taskset", "-c", "0"))) {
      engine.say("go");
      ahead(engine.await("spinning"));
      competitor = turns(pipe);
      culprit = "bash (pid " + shell(competitor) + ")";
      engine.say(pipe.toString());
      finish(engine);
    } finally {
      if (competitor != null) {
        Commands.end(competitor);
      }
    }
    int told = 0;
    for (JsonNode safepoint : json("report").at("/jvm/safepoints")) {
      if (!safepoint.get("operation").asText("").equals("SerialGCCollect")) {
        continue; // not what System.gc() asks for
      }
      JsonNode last = safepoint.at("/arrivals/0");
      assertEquals("late-one", last.path("thread").asText(), safepoint::toString);
      assertTrue(safepoint.get("late").asBoolean(), safepoint::toString);
      JsonNode first = last.at("/parts/0");
      assertEquals("runnable", first.get("cause").asText(), safepoint::toString);
      assertEquals(culprit, first.get("culprit").asText(), safepoint::toString);
      told++;
    }
    assertEquals(rounds, told, "late safepoints that were told with their thread and culprit");
  }

  /** A process that takes the CPU for 150 ms, which it says in a pipe, and leaves it for 100 ms. */
  private static Process turns(Path pipe) throws IOException {
    // It sleeps first: a process keeps the name that it was switched in with until it leaves.
    String turn =
        "exec 3>"
            + pipe
            + "; while sleep 0.1; do end=$((${EPOCHREALTIME/./} + 150000)); echo turn >&3;"
            + " while ((${EPOCHREALTIME/./} < end)); do :; done; done";
    return new ProcessBuilder(
            "taskset", "-c", "" + CPU, "chrt", "-f", "10", "timeout", "180", "bash", "-c", turn)
        .start();
  }

  /** Loops without polls, as before JDK 10 (JDK-8186027), so that a line is known to be late. */
  @Test
  void codeThatDoesNotPollIsNamedWithItsLine() throws Exception {
    try (Engine engine =
        engine(
            load("unpolled")
                .with(
                    "-XX:+UseSerialGC",
                    "-XX:LoopStripMiningIter=0",
                    "-XX:-UseCountedLoopSafepoints"))) {
      engine.say("go");
      finish(engine);
    }
    int late = 0;
    int named = 0;
    for (JsonNode safepoint : json("report").at("/jvm/safepoints")) {
      if (safepoint.get("time_to_safepoint_ns").asLong() < LONG_NS) {
        continue;
      }
      JsonNode last = safepoint.at("/arrivals/0");
      if (last.isMissingNode()) {
        continue; // on a busy host it was the VM thread that did not run
      }
      assertEquals("unpolled-one", last.path("thread").asText(), safepoint::toString);
      late++;
      String code = last.path("code").asText("");
      assertTrue(code.isEmpty() || code.matches(CODE), safepoint::toString);
      named += code.isEmpty() ? 0 : 1;
    }
    assertTrue(late >= LedgerWorkload.UNPOLLED_ROUNDS / 2, late + " late");
    assertTrue(named >= late - 1, named + " of " + late + " named");
  }

  @Test
  void starvedWorkersOfACollectionAreToldWithTheTimeTheyWaited() throws Exception {
    Process competitor = null;
    String[] said;
    try (Engine engine =
        engine(
            load("workers")
                .with("-XX:+UseParallelGC", "-XX:ParallelGCThreads=4", "-Xmx300m")
                .under("taskset", "-c", "" + CPU))) {
      competitor = Commands.competitor(CPU);
      engine.say("go");
      said = engine.await("waited").split(" ");
      finish(engine);
    } finally {
      if (competitor != null) {
        Commands.end(competitor);
      }
    }
    JsonNode pauses = json("report").at("/jvm/gc_pauses");
    assertTrue(pauses.size() >= 12, pauses.size() + " pauses");
    int starved = 0;
    for (JsonNode pause : pauses) {
      assertAddUp(pause.get("workers"));
      starved += pause.get("starved").asText("").startsWith("GC Thread#") ? 1 : 0;
    }
    assertTrue(starved >= 10, starved + " pauses with a starved worker");
    // The workers sleep when their accounts are read, so both cover the same waits.
    JsonNode workers =
        json("explain", "--thread", "GC Thread#*", "--from", said[1], "--to", said[2], "--top", "9")
            .get("windows");
    assertEquals(4, workers.size());
    assertExplained(workers);
    long waited = Long.parseLong(said[0]);
    assertTrue(waited > 100_000_000, "the workers did not wait: " + waited);
    assertEquals(1.0, (double) sum(workers, cause("runnable")) / waited, 0.01, "schedstat");
  }
}
