package latencyscope.truth.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The released jar as a command that watches a process from outside. */
public final class CommandLine implements AutoCloseable {
  private static final long LIMIT_S = 60;

  private final Process process;
  private final Path out;
  private final Path errors;

  private CommandLine(Process process, Path out, Path errors) {
    this.process = process;
    this.out = out;
    this.errors = errors;
  }

  /** Begins to watch, for at most three minutes; returns when its probes are in place. */
  public static CommandLine watch(long pid, Path folder) throws Exception {
    Path out = folder.resolve("report.json");
    Path errors = folder.resolve("cli-stderr.txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                Engine.JAR.toString(),
                "--pid",
                String.valueOf(pid),
                "--duration",
                "180",
                "--json")
            .redirectOutput(out.toFile())
            .redirectError(errors.toFile())
            .start();
    CommandLine commandLine = new CommandLine(process, out, errors);
    KernelObjects.awaitHeldBy(process.pid());
    new Jcmd(process.pid()).awaitCapturing();
    return commandLine;
  }

  /** What it prints of a recording, with every panel. */
  public static String report(Path recording) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                Engine.JAR.toString(),
                "report",
                "--details",
                recording.toString())
            .start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() >= 3) {
      throw new AssertionError("exit code " + process.exitValue() + ": " + text);
    }
    return text;
  }

  /** Ends the capture early, as Ctrl-C does; returns the report. */
  public JsonNode finish() throws IOException, InterruptedException {
    Commands.output("kill", "-INT", String.valueOf(process.pid()));
    if (!process.waitFor(LIMIT_S, TimeUnit.SECONDS)) {
      throw new AssertionError("no report within " + LIMIT_S + " s of Ctrl-C");
    }
    String report = Files.readString(out);
    if (report.isEmpty()) {
      throw new AssertionError(
          "exit code " + process.exitValue() + ", no report: " + Files.readString(errors));
    }
    return new ObjectMapper().readTree(report);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
