package latencyscope.jmc;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The jar that users drop in, and the programs that it is tried with. */
final class PlugIn {
  static final Path JAR = Path.of("target", "latencyscope-jmc.jar").toAbsolutePath();
  static final Path THIS_JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

  private static final long LIMIT_S = 120;
  private static final List<String> CORE =
      List.of(
          "common",
          "flightrecorder",
          "flightrecorder.rules",
          "flightrecorder.rules.jdk",
          "encoder",
          "lz4-java");

  private PlugIn() {}

  /** A jar of this test's class path, by its artifact. */
  static Path jar(String artifact) {
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      if (Path.of(entry).getFileName().toString().matches(artifact + "-[0-9].*\\.jar")) {
        return Path.of(entry);
      }
    }
    throw new AssertionError(artifact + " is not on the class path");
  }

  /** Mission Control's core alone, or with the plug-in. */
  static String classPath(boolean with) {
    List<String> path = new ArrayList<>();
    if (with) {
      path.add(JAR.toString());
    }
    CORE.forEach(artifact -> path.add(jar(artifact).toString()));
    return String.join(File.pathSeparator, path);
  }

  /** The launcher of a Java of that version, if this machine has one. */
  static Optional<Path> java(String version) throws IOException {
    Path all = Path.of("/usr/lib/jvm");
    if (!Files.isDirectory(all)) {
      return Optional.empty();
    }
    try (Stream<Path> homes = Files.list(all)) {
      return homes
          .filter(home -> home.getFileName().toString().matches(".*\\b" + version + "\\b.*"))
          .map(home -> home.resolve("bin").resolve("java"))
          .filter(Files::isExecutable)
          .findFirst();
    }
  }

  /** Runs a command to its end; what it wrote to standard output. */
  static String run(Path folder, List<String> command) throws IOException, InterruptedException {
    Path out = Files.createTempFile(folder, "out", ".txt");
    Path errors = Files.createTempFile(folder, "err", ".txt");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(errors.toFile())
            .start();
    if (!process.waitFor(LIMIT_S, TimeUnit.SECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      throw new AssertionError(command + " did not end within " + LIMIT_S + " s");
    }
    String said = Files.readString(errors);
    if (said.contains("Exception") || said.contains("Accessor is null")) {
      throw new AssertionError(command + " said " + said);
    }
    return Files.readString(out);
  }

  /** Mission Control's own report of a recording by all rules that it finds. */
  static String report(Path java, Path folder, Path recording)
      throws IOException, InterruptedException {
    return run(
        folder,
        List.of(
            java.toString(),
            "-cp",
            classPath(true),
            "org.openjdk.jmc.flightrecorder.rules.report.JfrRulesReport",
            "-format",
            "text",
            "-min",
            "ok",
            "-verbose",
            recording.toString()));
  }
}
