package latencyscope.fleet.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import latencyscope.fleet.Recordings;
import latencyscope.fleet.metrics.Receiver;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The two jars side by side, as they are released. */
@Tag("packed-jar")
class PackedFleetIT {
  private static final Path JAR = Path.of("../agent/target/latencyscope.jar");
  private static final Path FLEET_JAR = Path.of("target/latencyscope-fleet.jar");

  @TempDir private Path directory;

  private String run(int code, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-jar", directory.resolve("latencyscope.jar").toString()));
    command.addAll(List.of(arguments));
    Path said = directory.resolve("said");
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), "ends");
    // What is no text, as Arrow is, has replacements in it.
    String text = new String(Files.readAllBytes(said), StandardCharsets.UTF_8);
    assertEquals(code, process.exitValue(), text);
    return text;
  }

  @Test
  void commandsAreThereIfTheJarIs() throws Exception {
    Files.copy(JAR, directory.resolve("latencyscope.jar"), StandardCopyOption.REPLACE_EXISTING);
    String missing = run(3, "query", "tables", "SELECT 1");
    assertTrue(missing.contains("latencyscope-fleet.jar"), missing);
    Files.copy(FLEET_JAR, directory.resolve("latencyscope-fleet.jar"));
    Recordings.write(directory.resolve("run.jfr"), Recordings.contended());
    assertEquals(
        "run.jfr: day=2026-12-01/host=engine1/capture=ab8626ef50246369d0b6bce2af9a4e91\n",
        run(0, "export", "run.jfr", "-o", "tables", "--host", "engine1"));
    assertEquals("n\n1\n", run(0, "query", "tables", "SELECT count(*) AS n FROM captures"));
    assertTrue(run(0, "query", "tables", "SELECT 'wide' AS word", "-f", "arrow").contains("wide"));
    String fleet = run(0, "fleet", "tables", "-o", "fleet.html");
    assertTrue(fleet.startsWith("Fleet: 1 host, 1 day, 1 capture\n"), fleet);
    assertTrue(Files.readString(directory.resolve("fleet.html")).contains("engine1"));
    try (Receiver receiver = new Receiver()) {
      run(0, "metrics", "run.jfr", "--otlp", receiver.address());
      assertEquals(1, receiver.requests().size());
    }
    // Its client has gone at once.
    assertEquals("", run(0, "mcp", "."));
  }
}
