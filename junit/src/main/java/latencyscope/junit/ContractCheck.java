package latencyscope.junit;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Runs {@code latencyscope check} on a recording, in a JVM of its own: so neither its classes nor
 * its garbage are in the tests' JVM.
 *
 * @param exitCode as the command documents it
 * @param output what it printed
 */
record ContractCheck(int exitCode, String output) {
  /** Names the jar where no {@code -javaagent} does. */
  static final String JAR = "latencyscope.jar";

  private static final String AGENT = "-javaagent:";
  private static final String WIDTH = "120";

  /** Checks a contract; the ledger of the worst violation is part of the output. */
  static ContractCheck run(Path contract, Path recording, LatencyContract options)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Dstdout.encoding=UTF-8"));
    command.addAll(List.of("-Dnative.encoding=UTF-8", "-jar", jar().toString()));
    command.addAll(List.of("check", contract.toString(), recording.toString(), "--ledger"));
    if (options.shared()) {
      command.add("--shared");
    }
    if (options.strict()) {
      command.add("--strict");
    }
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("COLUMNS", WIDTH);
    builder.environment().keySet().removeAll(List.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS"));
    Process process = builder.start();
    try {
      byte[] output = process.getInputStream().readAllBytes();
      return new ContractCheck(process.waitFor(), new String(output, StandardCharsets.UTF_8));
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the contract was being checked", e);
    }
  }

  private static Path jar() throws IOException {
    Path named =
        Optional.ofNullable(System.getProperty(JAR))
            .or(() -> agent(ManagementFactory.getRuntimeMXBean().getInputArguments()))
            .map(Path::of)
            .orElseThrow(() ->
                new IOException(
                    "the path of latencyscope.jar is not known; set -D" + JAR + "=PATH"));
    if (!Files.isRegularFile(named)) {
      throw new IOException("there is no " + named.toAbsolutePath());
    }
    return named;
  }

  /** The jar of our agent among a JVM's arguments. */
  static Optional<String> agent(List<String> arguments) {
    return arguments.stream()
        .filter(argument -> argument.startsWith(AGENT))
        .map(argument -> argument.substring(AGENT.length()).split("=", 2)[0])
        .filter(jar -> Path.of(jar).getFileName().toString().startsWith("latencyscope"))
        .findFirst();
  }
}
