package latencyscope.truth.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
        command("--pid", String.valueOf(pid), "--duration", "180", "--json")
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
    return run("report", "--details", recording.toString());
  }

  /** What it prints, as text in UTF-8; it must end with a report's exit code. */
  public static String run(String... words) throws IOException, InterruptedException {
    Process process = command(words).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() >= 3) {
      throw new AssertionError("exit code " + process.exitValue() + ": " + text);
    }
    return text;
  }

  private static ProcessBuilder command(String... words) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-jar", Engine.JAR.toString()));
    command.addAll(List.of(words));
    return new ProcessBuilder(command);
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
