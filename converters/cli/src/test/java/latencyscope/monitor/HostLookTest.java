package latencyscope.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostLookTest {
  @TempDir Path proc;

  private final LiveModel model = new LiveModel(7);

  private void stat(String cpu0) throws Exception {
    Files.writeString(
        proc.resolve("stat"), "cpu  1 2 3\ncpu0 " + cpu0 + " 9 9\nintr 12345678901234567890\n");
  }

  private void task(long id, String name, String state) throws Exception {
    Path task = Files.createDirectories(proc.resolve("7/task/" + id));
    Files.writeString(task.resolve("comm"), name + "\n");
    Files.writeString(
        task.resolve("stat"),
        id + " (" + name + ") " + state + " 1".repeat(35) + " 0" + " 0".repeat(10) + "\n");
  }

  @Test
  void busyIsWhatWasNotIdleSinceTheLastLook() throws Exception {
    HostLook look = new HostLook(proc, 7);
    stat("100 0 100 800 0 0 0 0");
    look.look(model);
    assertTrue(Double.isNaN(shown().get(0).busy()), "one look says nothing");
    stat("120 0 110 850 10 5 5 0");
    look.look(model);
    // 20 + 10 + 5 + 5 of 100.
    assertEquals(0.4, shown().get(0).busy(), 1e-9);
  }

  @Test
  void threadsThatRunAreNamed() throws Exception {
    stat("1 0 1 1 0 0 0 0");
    task(8, "strategy", "R");
    task(9, "idle (x)", "S");
    new HostLook(proc, 7).look(model);
    assertEquals(List.of("strategy"), shown().get(0).running());
  }

  private List<CpuRow> shown() {
    return model.snapshot(View.FIRST).cpus();
  }

  @Test
  void ownCostIsCpuTimeByElapsedTime() throws Exception {
    Path process = Files.createDirectories(proc.resolve("1"));
    OwnCost cost = new OwnCost(process);
    assertEquals("…", cost.words());
    for (int second = 0; second < 30; second++) {
      // From the tenth second on, 1 tick of 10 ms in each.
      long ticks = second < 10 ? second * 50 : 500 + second;
      Files.writeString(
          process.resolve("stat"),
          "1 (java) S" + " 0".repeat(10) + " " + ticks + " 3" + " 0".repeat(20));
      cost.look(second * 1_000_000_000L);
    }
    assertEquals("1.0 %", cost.words());
  }
}
