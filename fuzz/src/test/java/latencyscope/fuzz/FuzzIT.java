package latencyscope.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Jazzer on each target for {@code fuzz.seconds}, in a JVM of its own. It begins with the inputs in
 * the tree; a long run keeps what it learns under {@code target/}, where the next one begins. What
 * it finds is in {@code target/found}, ready to be copied into the corpus.
 */
@Execution(ExecutionMode.CONCURRENT)
class FuzzIT {
  private static final long SECONDS = Long.getLong("fuzz.seconds", 2);

  /**
   * A run of so many seconds goes on from what the last one learnt; a short one would only read it.
   */
  private static final long LONG = 30;

  private static final Pattern DONE = Pattern.compile("Done (\\d+) runs in \\d+ second");

  static List<Class<?>> targets() {
    String only = System.getProperty("fuzz.target", "");
    List<Class<?>> targets =
        Targets.ALL.stream()
            .filter(target -> only.isEmpty() || target.getSimpleName().equals(only))
            .toList();
    assertTrue(!targets.isEmpty(), "there is no target " + only);
    return targets;
  }

  @ParameterizedTest
  @MethodSource("targets")
  void findsNothing(Class<?> target, @TempDir Path folder) throws Exception {
    String name = target.getSimpleName();
    Path learnt =
        Files.createDirectories(SECONDS < LONG ? folder : Path.of("target", "learnt", name));
    Path found = Files.createDirectories(Path.of("target", "found", name));
    Path log = Path.of("target", name + ".log");
    Process jazzer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-Xss1m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + target.getName(),
                "--instrumentation_includes=latencyscope.**:org.openjdk.jmc.flightrecorder.**",
                "--custom_hook_includes=latencyscope.**", // others' classes would take seconds
                "--reproducer_path=" + found,
                "-artifact_prefix=" + found + "/found-",
                "-timeout=20",
                "-rss_limit_mb=4096",
                "-max_total_time=" + SECONDS,
                learnt.toString(),
                Targets.corpus(target).toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      assertTrue(jazzer.waitFor(SECONDS + 300, TimeUnit.SECONDS), () -> tail(log));
    } finally {
      jazzer.destroyForcibly();
    }
    assertEquals(0, jazzer.exitValue(), () -> tail(log));
    Matcher done = DONE.matcher(tail(log));
    assertTrue(done.find() && Long.parseLong(done.group(1)) > 0, () -> tail(log));
    System.out.println(name + ": " + done.group(1) + " inputs, nothing found");
  }

  private static String tail(Path log) {
    try {
      String text = Files.readString(log);
      return text.substring(Math.max(0, text.length() - 6_000));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
