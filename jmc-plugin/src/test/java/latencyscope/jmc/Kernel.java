package latencyscope.jmc;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** What tests need that record with the released program: the right to, and what it says. */
final class Kernel {
  static final Path RELEASED =
      Path.of("..", "agent", "target", "latencyscope.jar").toAbsolutePath().normalize();

  private Kernel() {}

  /** Only root loads programs into the kernel. */
  static void required() {
    boolean able = "root".equals(System.getProperty("user.name"));
    if (!able && "1".equals(System.getenv("LATENCYSCOPE_REQUIRE_KERNEL"))) {
      throw new AssertionError("only root loads programs into the kernel");
    }
    assumeTrue(able, "only root loads programs into the kernel");
    assertTrue(Files.isRegularFile(RELEASED), RELEASED + ": build the module agent first");
  }

  /** The command line's report of a recording. */
  static String json(Path folder, Path recording) throws Exception {
    return PlugIn.run(
        folder,
        List.of(
            PlugIn.THIS_JAVA.toString(),
            "-jar",
            RELEASED.toString(),
            "report",
            recording.toString(),
            "--json"));
  }

  /** The rule on isolation has the exact number of waits of the threads that waited longest. */
  static void assertExact(JsonNode report, Judged judged) {
    Collection<String> rows = judged.result("isolation").getResult(KernelRule.EXACT);
    JsonNode first = report.get("isolation").get("threads").get(0);
    String waits = String.format(Locale.ROOT, "Waits %,d", first.at("/runqueue/count").asLong());
    assertTrue(
        rows.stream().anyMatch(r -> r.contains(first.get("thread").asText()) && r.contains(waits)),
        () -> first + " in " + rows);
  }
}
