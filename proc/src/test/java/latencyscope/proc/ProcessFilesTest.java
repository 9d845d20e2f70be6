package latencyscope.proc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessFilesTest {
  private static final String REST =
      " 1 1 1 0 -1 4194304 1 0 0 0 7 8 0 0 20 0 2 0 4711 8192 77 0\n";

  @TempDir Path process;

  private void task(String folder, String name, char state) throws IOException {
    Path task = Files.createDirectories(process.resolve(folder));
    byte[] stat = ("1 (" + name + ") " + state + REST).getBytes(StandardCharsets.ISO_8859_1);
    Files.write(task.resolve("stat"), stat);
  }

  @Test
  void aNameOfAnyBytesIsPassed() throws IOException {
    task(".", "a) Z (\n\u00d0", 'S');
    TaskStat stat = TaskStat.read(process).orElseThrow();
    assertFalse(stat.hasEnded());
    assertEquals("4711", stat.field(TaskStat.START_TIME));
    assertEquals("8192", stat.field(TaskStat.VSIZE));
    assertEquals("2", stat.field(TaskStat.NUM_THREADS));
  }

  @Test
  void aProcessLivesAsLongAsOneOfItsThreads() throws IOException {
    task(".", "leader", 'Z');
    task("task/1", "leader", 'Z');
    assertFalse(new ProcessFiles(process).isAlive());
    task("task/2", "worker", 'S');
    ProcessFiles files = new ProcessFiles(process);
    assertTrue(files.isAlive());
    assertEquals(process.resolve("task/2"), files.folder());
  }

  @Test
  void theFirstThreadsFilesAreTheProcesss() throws IOException {
    task(".", "leader", 'R');
    assertEquals(process, new ProcessFiles(process).folder());
  }

  @Test
  void aProcessThatIsGoneIsNotAlive() {
    ProcessFiles gone = new ProcessFiles(process.resolve("gone"));
    assertFalse(gone.isAlive());
    assertEquals(process.resolve("gone"), gone.folder());
    assertTrue(gone.tasks().isEmpty());
  }
}
