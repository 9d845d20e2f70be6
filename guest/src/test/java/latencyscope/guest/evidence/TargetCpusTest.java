package latencyscope.guest.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TargetCpusTest {
  @TempDir Path process;

  private void thread(int id, String name, long ranNs, int cpu) throws IOException {
    Path task = Files.createDirectories(process.resolve("task").resolve(Integer.toString(id)));
    Files.writeString(task.resolve("schedstat"), ranNs + " 0 1\n");
    String fields = "S" + " 0".repeat(35) + ' ' + cpu + " 0 0\n";
    String stat = id + " (" + name + ") " + fields;
    Files.writeString(task.resolve("stat"), stat, StandardCharsets.ISO_8859_1);
  }

  @Test
  void onlyThreadsThatRanSinceTheLastLookCount() throws IOException {
    thread(1, "strategy", 100, 0);
    thread(2, "idle", 100, 3);
    TargetCpus cpus = new TargetCpus(process);
    thread(1, "strategy", 200, 2);
    thread(3, "born later", 5, 1);
    assertEquals("1,2", cpus.take());
    assertEquals("", cpus.take());
  }

  @Test
  void aNameMayHoldAnything() throws IOException {
    TargetCpus cpus = new TargetCpus(process);
    thread(1, "a) R 9 (b \u00ff", 100, 5);
    assertEquals("5", cpus.take());
  }

  @Test
  void ourOwnThreadsAndTheJvmsAreNotTheApplications() throws IOException {
    TargetCpus cpus = new TargetCpus(process);
    thread(1, "latencyscope-dr", 100, 5);
    thread(2, "C2 CompilerThre", 100, 4);
    thread(3, "GC Thread#0", 100, 3);
    thread(4, "strategy", 100, 1);
    assertEquals("1", cpus.take());
  }

  @Test
  void aTargetThatHasEndedSaysNothing() {
    assertNull(new TargetCpus(process.resolve("no-such")).take());
  }
}
