package latencyscope.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import latencyscope.cli.console.Console;
import latencyscope.cli.console.Machine;
import latencyscope.cli.output.Format;
import latencyscope.recording.EngineRecording;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Recordings that were damaged at random, each through one of the commands that read recordings: a
 * report or one sentence, in time, in little memory, and never half a file.
 *
 * <p>{@code scripts/mutations.sh} runs as many as are wanted.
 */
class MutatedRecordingsTest {
  private static final int SLICE = Integer.getInteger("mutations", 200);
  private static final long FIRST = Long.getLong("mutations.first", 1);
  private static final int SECONDS_EACH = 30;

  @TempDir Path directory;

  @Test
  void aReportOrASentence() throws Exception {
    assertSound(FIRST, SLICE);
  }

  /** What was found once. */
  @ParameterizedTest
  @ValueSource(longs = {15, 300, 1606, 2285, 4003, 8085, 8569, 8856, 9222})
  void whatWasFoundStaysMended(long seed) throws IOException {
    Files.write(directory.resolve("good.jfr"), EngineRecording.bytes());
    assertNull(new Attempt(directory, seed).run());
  }

  private void assertSound(long first, int count) throws Exception {
    Path said = directory.resolve("said.txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // A length out of a damaged file must not need what memory there is.
                "-Xmx192m",
                "-XX:+UseSerialGC",
                "-XX:-OmitStackTraceInFastThrow",
                "-cp",
                System.getProperty("java.class.path"),
                MutatedRecordingsTest.class.getName(),
                directory.toString(),
                Long.toString(first),
                Integer.toString(count))
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    boolean ended = process.waitFor(60 + 2L * count, TimeUnit.SECONDS);
    process.destroyForcibly();
    assertTrue(ended, () -> lastOf(said));
    assertEquals("done " + count, lastOf(said).strip());
    assertEquals(0, process.exitValue());
  }

  private static String lastOf(Path said) {
    try {
      String all = Files.readString(said);
      return all.substring(Math.max(0, all.length() - 20_000));
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** What the other JVM does. */
  public static void main(String[] arguments) throws Exception {
    Path directory = Path.of(arguments[0]);
    long first = Long.parseLong(arguments[1]);
    int count = Integer.parseInt(arguments[2]);
    Files.write(directory.resolve("good.jfr"), EngineRecording.bytes());
    ExecutorService worker = Executors.newSingleThreadExecutor();
    boolean sound = true;
    for (long seed = first; seed < first + count; seed++) {
      Attempt attempt = new Attempt(directory, seed);
      Future<String> result = worker.submit(attempt::run);
      try {
        String found = result.get(SECONDS_EACH, TimeUnit.SECONDS);
        if (found != null) {
          System.out.println("seed " + seed + ": " + found + attempt.trace());
          sound = false;
        }
      } catch (TimeoutException e) {
        System.out.println("seed " + seed + " did not end: " + attempt.command());
        Thread.getAllStackTraces()
            .forEach((thread, stack) -> System.out.println(thread + " " + List.of(stack)));
        Runtime.getRuntime().halt(1);
      }
    }
    System.out.println("done " + count);
    System.exit(sound ? 0 : 1);
  }

  /** One damaged recording and one command. */
  private static final class Attempt {
    private final Path file;
    private final Path outputs;
    private final Path output;
    private final long seed;
    private final List<String> command;

    Attempt(Path directory, long seed) throws IOException {
      this.seed = seed;
      file = directory.resolve("mutated.jfr");
      outputs = Files.createDirectories(directory.resolve("out"));
      output = outputs.resolve("result");
      command = command(directory.resolve("good.jfr").toString());
    }

    private List<String> command(String good) {
      String name = file.toString();
      List<List<String>> all = new ArrayList<>();
      for (Format format : Format.values()) {
        if (format != Format.JFR) {
          all.add(
              List.of("report", name, "-f", format.name(), "--notional", "1e6", "-o", "" + output));
        }
      }
      all.add(List.of("explain", name, "--event", "demo.TickToTrade", "--json"));
      all.add(List.of("explain", name, "--event", "RunQueueWait", "--top", "5"));
      all.add(List.of("explain", name, "--from", "00:00:00"));
      all.add(List.of("diff", good, name, "-o", output.toString()));
      return all.get((int) (seed % all.size()));
    }

    List<String> command() {
      return command;
    }

    /** The same once more, saying more. */
    String trace() {
      List<String> verbose = new ArrayList<>(command);
      verbose.add("-v");
      ByteArrayOutputStream err = new ByteArrayOutputStream();
      Console console =
          Consoles.piped(OutputStream.nullOutputStream(), err, StandardCharsets.UTF_8);
      Main.run(console, Machine.LOCAL, verbose.toArray(new String[0]));
      return err.toString(StandardCharsets.UTF_8);
    }

    /** What is wrong; null if nothing is. */
    String run() throws IOException {
      Files.write(file, Mutations.of(seed));
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      ByteArrayOutputStream err = new ByteArrayOutputStream();
      Console console = Consoles.piped(out, err, StandardCharsets.UTF_8);
      int code = Main.run(console, Machine.LOCAL, command.toArray(new String[0]));
      String said = err.toString(StandardCharsets.UTF_8);
      try {
        return verdict(code, said, out);
      } finally {
        Files.deleteIfExists(output);
      }
    }

    private String verdict(int code, String said, ByteArrayOutputStream out) throws IOException {
      String what = String.join(" ", command) + " ended with " + code + ": " + said;
      if (code < 0 || code > 3) {
        return what;
      }
      if (code < 3) {
        return said.isEmpty() && isWhole(out) ? null : what;
      }
      boolean sentence = said.lines().count() == 1 && said.startsWith("latencyscope: ");
      boolean clear = !said.contains("internal error") && !said.contains("memory;");
      return sentence && clear && out.size() == 0 && isNothingLeft() ? null : what;
    }

    private boolean isNothingLeft() throws IOException {
      try (Stream<Path> left = Files.list(outputs)) {
        return left.findAny().isEmpty();
      }
    }

    private boolean isWhole(ByteArrayOutputStream out) throws IOException {
      byte[] content =
          command.contains(output.toString()) ? Files.readAllBytes(output) : out.toByteArray();
      if (command.contains("JSON") || command.contains("CHROME") || command.contains("--json")) {
        new ObjectMapper().readTree(content);
      }
      // Costs, or lines of code, may all be in what was lost.
      return content.length > 0
          || command.stream().anyMatch(word -> word.contains(Format.COLLAPSED.name()));
    }
  }
}
