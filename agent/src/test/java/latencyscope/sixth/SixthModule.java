package latencyscope.sixth;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/**
 * The released jar with a module that it does not have, made of one folder and of nothing else:
 * what the build would do if the folder's files stood where a module's files do.
 */
final class SixthModule {
  private static final Path PRODUCT = Path.of("..").toAbsolutePath().normalize();
  private static final String OBJECTS = "latencyscope/bpf/";
  private static final String BIN = Path.of(System.getProperty("java.home"), "bin").toString();

  private final Path folder;
  private final Path work;
  private final Path classes;

  private SixthModule(Path folder, Path work) {
    this.folder = folder;
    this.work = work;
    classes = work.resolve("classes");
  }

  /**
   * Builds it.
   *
   * @param folder a C file, an event class and an analyzer
   * @return the jar
   */
  static Path build(Path released, Path folder, Path work) throws Exception {
    return new SixthModule(folder.toAbsolutePath(), work).build(released);
  }

  private Path build(Path released) throws Exception {
    List<Path> sources;
    try (Stream<Path> files = Files.list(folder)) {
      sources = files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    }
    unpackEvents(released);
    compileObjects();
    // The event first: the tables that the analyzer is compiled against are made of it.
    for (Path source : sources) {
      if (!source.toString().endsWith("Analyzer.java")) {
        compile(released, source);
      }
    }
    Path generator = PRODUCT.resolve("jfr-events/src/build/java/GenerateSchema.java");
    Path tables = work.resolve("tables");
    run(BIN + "/java", "-cp", text(classes), text(generator), text(classes), text(tables));
    for (Path source : sources) {
      if (source.toString().endsWith("Analyzer.java")) {
        compile(released, source);
      }
    }
    Path jar = Files.copy(released, work.resolve("sixth.jar"));
    run(BIN + "/jar", "uf", text(jar), "-C", text(classes), ".");
    return jar;
  }

  private void unpackEvents(Path released) throws IOException {
    try (JarFile jar = new JarFile(released.toFile())) {
      for (JarEntry entry : jar.stream().toList()) {
        String name = entry.getName();
        boolean wanted = name.startsWith("latencyscope/jfr/") || name.equals(OBJECTS + "index");
        if (wanted && !entry.isDirectory()) {
          Path file = classes.resolve(name);
          Files.createDirectories(file.getParent());
          Files.write(file, jar.getInputStream(entry).readAllBytes());
        }
      }
    }
  }

  private void compileObjects() throws Exception {
    Path output = work.resolve("objects");
    Path script = PRODUCT.resolve("bpf/compile-bpf.sh");
    Path from = script.getParent();
    run("sh", text(script), text(from.relativize(folder)), text(from.relativize(output)));
    Path index = classes.resolve(OBJECTS).resolve("index");
    TreeSet<String> lines = new TreeSet<>(Files.readAllLines(index));
    lines.addAll(Files.readAllLines(output.resolve("index")));
    Files.write(index, lines, StandardCharsets.UTF_8);
    try (Stream<Path> objects = Files.list(output)) {
      for (Path object : objects.filter(o -> o.toString().endsWith(".o")).toList()) {
        Files.copy(object, classes.resolve(OBJECTS).resolve(object.getFileName()));
      }
    }
  }

  private void compile(Path released, Path source) throws Exception {
    run(
        BIN + "/javac",
        "-proc:none",
        "-source",
        "17",
        "-target",
        "17",
        "-Xlint:-options",
        "--add-exports",
        "jdk.jfr/jdk.jfr.internal=ALL-UNNAMED",
        "-cp",
        classes + File.pathSeparator + released,
        "-d",
        text(classes),
        text(source));
  }

  private static String text(Path path) {
    return path.toString();
  }

  /** Runs a command to its end; its output, of both kinds. */
  static String run(String... command) throws IOException, InterruptedException {
    return run(Set.of(0), command);
  }

  /** The same for one that may end with other exit codes than 0. */
  static String run(Set<Integer> allowed, String... command)
      throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of(command));
    Process process = new ProcessBuilder(arguments).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = process.waitFor();
    if (!allowed.contains(code)) {
      throw new AssertionError(arguments + " ended with " + code + ": " + output);
    }
    return output;
  }
}
