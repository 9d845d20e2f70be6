package latencyscope.sixth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import latencyscope.bpf.libbpf.KernelTest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * That a module is one C file, one event class and one analyzer, and that nothing else has to know
 * it: the folder {@code src/test/module/sync} is added to the released jar, which then captures it
 * and shows it in every output. The independent account is the engine's own count of its calls.
 */
@KernelTest
@Tag("packed-jar")
class SixthModuleIT {
  /** Those of pass, warning and violation. */
  private static final Set<Integer> REPORTED = Set.of(0, 1, 2);

  private static final String JAVA = Path.of(System.getProperty("java.home"), "bin", "java") + "";

  @TempDir static Path work;

  private static Path jar;
  private static Path recording;
  private static Process engine;
  private static long calls;

  /** Writes a line to a journal and waits for the disk, again and again. */
  static final class Journal {
    private Journal() {}

    public static void main(String[] arguments) throws Exception {
      Thread.currentThread().setName("journal");
      Path file = Path.of(arguments[0]);
      Path counts = Path.of(arguments[1]);
      long count = 0;
      try (FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        while (true) {
          channel.write(ByteBuffer.wrap(new byte[512]), 0);
          channel.force(true);
          // Replaced as a whole, so that a reader never finds the file empty.
          Path next = Files.writeString(Path.of(counts + ".next"), Long.toString(++count));
          Files.move(next, counts, StandardCopyOption.ATOMIC_MOVE);
          Thread.sleep(5);
        }
      }
    }
  }

  @BeforeAll
  static void capture() throws Exception {
    jar = SixthModule.build(Path.of("target", "latencyscope.jar"), module(), work);
    Path count = work.resolve("count");
    String classPath = System.getProperty("java.class.path");
    engine =
        new ProcessBuilder(
                JAVA, "-cp", classPath, Journal.class.getName(), work + "/journal", count + "")
            .inheritIO()
            .start();
    while (!Files.exists(count)) {
      Thread.sleep(20);
    }
    long before = Long.parseLong(Files.readString(count));
    recording = work.resolve("sixth.jfr");
    String pid = Long.toString(engine.pid());
    String file = recording.toString();
    command("--pid", pid, "-m", "isolation,sync", "-d", "2s", "-f", "jfr", "-o", file);
    engine.destroy();
    engine.waitFor();
    calls = Long.parseLong(Files.readString(count)) - before;
  }

  private static Path module() {
    return Path.of("src", "test", "module", "sync");
  }

  @AfterAll
  static void stop() {
    if (engine != null) {
      engine.destroyForcibly();
    }
  }

  private static String command(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(JAVA, "-jar", jar.toString()));
    command.addAll(List.of(arguments));
    return SixthModule.run(REPORTED, command.toArray(String[]::new));
  }

  private static String report(String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of("report", recording.toString()));
    all.addAll(List.of(arguments));
    return command(all.toArray(String[]::new));
  }

  @Test
  void textAndCosts() throws Exception {
    String text = report("--notional", "1000000", "--details");
    assertTrue(text.contains("FILE SYNCS"), text);
    assertTrue(text.contains(" file syncs, "), text);
    assertTrue(text.contains("sync: file sync"), text);
  }

  @Test
  void jsonHasASectionWhoseCountIsWithinTheEnginesOwn() throws Exception {
    JsonNode report = new ObjectMapper().readTree(report("--json"));
    long count = report.get("sync").get("sync_count").asLong();
    assertTrue(count > 0 && count <= calls, count + " of " + calls);
    assertTrue(report.get("captured").has("sync"));
    assertTrue(report.get("distributions").findValuesAsText("noun").contains("file sync"));
  }

  @Test
  void htmlAndTraces() throws Exception {
    String page = written("sixth.html");
    assertTrue(page.contains("id=\"sync\""));
    assertTrue(page.contains("File sync: file"));
    assertTrue(written("sixth.pftrace").contains("File sync: file"));
    assertTrue(written("sixth.json", "-f", "json").contains("\"sync\""));
  }

  private static String written(String name, String... options) throws Exception {
    Path output = work.resolve(name);
    List<String> arguments = new ArrayList<>(List.of(options));
    arguments.addAll(List.of("-o", output.toString()));
    report(arguments.toArray(String[]::new));
    return Files.readString(output, StandardCharsets.ISO_8859_1);
  }

  @Test
  void ledgerHasItsCause() throws Exception {
    String explained =
        command("explain", recording.toString(), "--event", "jdk.FileForce", "--top", "40");
    String words = explained.replaceAll("\\s+", " ");
    assertTrue(words.contains("in system call file sync: file"), explained);
  }

  @Test
  void differencesCompareIt() throws Exception {
    String file = recording.toString();
    String difference = command("diff", file, file, "--json");
    assertTrue(difference.contains("\"measure\" : \"File syncs P50\""), difference);
  }

  @Test
  void optionsKnowIt() throws Exception {
    String help = command("--help").replaceAll("\\s+", " ");
    assertTrue(help.contains("network, sync, syscall"), help);
    String unknown = SixthModule.run(Set.of(3), JAVA, "-jar", jar + "", "-m", "nonsense");
    assertTrue(unknown.contains("sync"), unknown);
  }

  @Test
  void triggerHasItsName() throws Exception {
    Path events = work.resolve("classes").resolve("latencyscope/jfr/sync/FileSync.class");
    assertTrue(Files.exists(events));
    String said =
        SixthModule.run(Set.of(0), JAVA, "-javaagent:" + jar + "=trigger=nonsense>1ms", "-version");
    assertTrue(said.contains("sync"), said);
    assertEquals(1, said.lines().filter(line -> line.contains("nonsense")).count(), said);
  }
}
