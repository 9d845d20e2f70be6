package latencyscope.truth.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The command line of a JVM under test.
 *
 * @param under a command that the JVM runs under, such as {@code unshare}; may be empty
 * @param java the launcher
 * @param options of the JVM
 * @param classes class path
 * @param main class to run, and its arguments
 */
public record Launch(
    List<String> under, Path java, List<String> options, List<Path> classes, List<String> main) {
  private static final long LIMIT_S = 240;

  /** No JVM that fails has it. */
  public static final int EXIT_CODE = 7;

  /** Has {@link latencyscope.truth.workload.NappingEngine} end, with an exit code of its own. */
  public static final String LEAVE = "leave " + EXIT_CODE;

  /** What a JVM that has ended left behind. */
  public record Outcome(int exitCode, String out, String errors) {
    /**
     * It printed what it would alone and ended when it was told to.
     *
     * @param complaints what our lines on standard error must name, in order; one for each line
     */
    public void assertUnharmed(String usual, List<String> complaints) {
      assertEquals(EXIT_CODE, exitCode, errors);
      assertEquals(usual, out);
      List<String> lines = errors.lines().toList();
      assertEquals(complaints.size(), lines.size(), errors);
      for (int i = 0; i < lines.size(); i++) {
        assertTrue(lines.get(i).startsWith("LatencyScope: "), lines.get(i));
        assertTrue(lines.get(i).contains(complaints.get(i)), lines.get(i));
      }
    }
  }

  /** A main class of the tests, on the Java that runs the tests, without an agent. */
  public static Launch of(Class<?> main, String... arguments) {
    List<String> words = new ArrayList<>(List.of(main.getName()));
    words.addAll(List.of(arguments));
    return new Launch(
        List.of(),
        Path.of(System.getProperty("java.home"), "bin", "java"),
        List.of(),
        List.of(Path.of("target", "test-classes").toAbsolutePath()),
        words);
  }

  /** In a pid and mount namespace of its own, as in a container. */
  public Launch inContainer() {
    return under("unshare", "--pid", "--fork", "--kill-child", "--mount-proc");
  }

  public Launch with(String... more) {
    List<String> all = new ArrayList<>(options);
    all.addAll(List.of(more));
    return new Launch(under, java, all, classes, main);
  }

  /** With the released jar as its agent. */
  public Launch withAgent() {
    return withAgent("");
  }

  /**
   * With the released jar as its agent, and without a budget unless the options name one: on a busy
   * machine a capture that exceeds its budget leaves out events that a test has provoked.
   */
  public Launch withAgent(String agentOptions) {
    List<String> all = new ArrayList<>();
    if (!agentOptions.contains("budget=")) {
      all.add("budget=off");
    }
    if (!agentOptions.isEmpty()) {
      all.add(agentOptions);
    }
    return with("-javaagent:" + Engine.JAR + "=" + String.join(",", all));
  }

  public Launch under(String... command) {
    return new Launch(List.of(command), java, options, classes, main);
  }

  public Launch on(Path launcher) {
    return new Launch(under, launcher, options, classes, main);
  }

  public Launch from(Path... classPath) {
    return new Launch(under, java, options, List.of(classPath), main);
  }

  /** Starts it; its standard error goes to a file. */
  public Engine start(Path errors) throws IOException {
    return new Engine(process(errors).start(), errors);
  }

  /** Runs it to its end with these lines on standard input. */
  public Outcome run(Path folder, String... input) throws IOException, InterruptedException {
    Path lines = Files.write(folder.resolve("input.txt"), List.of(input));
    Path out = folder.resolve("stdout.txt");
    Path errors = folder.resolve("stderr.txt");
    Process process =
        process(errors).redirectInput(lines.toFile()).redirectOutput(out.toFile()).start();
    if (!process.waitFor(LIMIT_S, TimeUnit.SECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      throw new AssertionError(command() + " did not end within " + LIMIT_S + " s");
    }
    return new Outcome(process.exitValue(), Files.readString(out), Files.readString(errors));
  }

  private ProcessBuilder process(Path errors) {
    return new ProcessBuilder(command()).redirectError(errors.toFile());
  }

  private List<String> command() {
    List<String> command = new ArrayList<>(under);
    command.add(java.toString());
    command.addAll(options);
    command.add("-cp");
    command.add(String.join(":", classes.stream().map(Path::toString).toList()));
    command.addAll(main);
    return command;
  }
}
