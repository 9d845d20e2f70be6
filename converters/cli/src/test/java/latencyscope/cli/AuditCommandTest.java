package latencyscope.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import latencyscope.cli.console.Machine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The audit at the command line. */
class AuditCommandTest {
  @TempDir Path root;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int audit(String... options) {
    String[] arguments = new String[options.length + 3];
    arguments[0] = "audit";
    arguments[1] = "--root";
    arguments[2] = root.toString();
    System.arraycopy(options, 0, arguments, 3, options.length);
    return Main.run(Consoles.piped(out, err, StandardCharsets.UTF_8), Machine.LOCAL, arguments);
  }

  @Test
  void readsTheFolderThatItIsGiven() throws Exception {
    Path ksm = root.resolve("sys/kernel/mm/ksm");
    Files.createDirectories(ksm);
    Files.createDirectories(root.resolve("proc"));
    Files.writeString(ksm.resolve("run"), "1\n");
    assertEquals(1, audit());
    assertTrue(out.toString(StandardCharsets.UTF_8).contains("memory: KSM\n  now 1; wanted: 0"));
    Path file = root.resolve("audit.json");
    assertEquals(1, audit("--json", "-o", file.toString()));
    assertEquals(1, new ObjectMapper().readTree(file.toFile()).get("exit_code").asInt());
  }

  @Test
  void aFolderWithoutProcIsNamed() {
    assertEquals(3, audit());
    assertTrue(err.toString(StandardCharsets.UTF_8).contains("has no folder proc"));
  }

  @Test
  void aProcessThatIsNotThereIsNamed() throws Exception {
    Files.createDirectories(root.resolve("proc"));
    assertEquals(3, audit("--pid", "7"));
    assertTrue(err.toString(StandardCharsets.UTF_8).contains("there is no process 7"));
  }
}
