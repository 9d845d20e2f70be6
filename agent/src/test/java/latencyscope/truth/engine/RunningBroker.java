package latencyscope.truth.engine;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A broker of the released jar, at a socket that only root can have put there. */
public final class RunningBroker implements AutoCloseable {
  private static final long LIMIT_S = 30;

  private final Path folder;
  private final List<String> options;
  private Process process;

  private RunningBroker(Path folder, List<String> options) {
    this.folder = folder;
    this.options = options;
  }

  /**
   * Starts one in a folder of its own.
   *
   * @param options more than the socket
   */
  public static RunningBroker start(String... options) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory(Path.of("/run"), "latencyscope-test");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    RunningBroker broker = new RunningBroker(folder, List.of(options));
    broker.startAgain();
    return broker;
  }

  /** Starts it, at the same socket, and waits until it listens. */
  public void startAgain() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-jar", Engine.JAR.toString(), "broker"));
    command.addAll(List.of("--socket", socket().toString()));
    command.addAll(options);
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    awaitSaid("listening at ", LIMIT_S * 1_000);
  }

  /** Waits until it has said some words. */
  public void awaitSaid(String words, long limitMs) throws IOException, InterruptedException {
    for (long waited = 0; waited < limitMs && !log().contains(words); waited += 50) {
      if (!process.isAlive()) {
        break;
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    if (!log().contains(words)) {
      throw new AssertionError("the broker does not say '" + words + "': " + log());
    }
  }

  /** Its socket. */
  public Path socket() {
    return folder.resolve("broker.sock");
  }

  /** Files of memory that have a name. */
  public List<Path> memory() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("memory"))) {
      return files.toList();
    }
  }

  /** What it has said since it was started last. */
  public String log() throws IOException {
    return Files.readString(folder.resolve("log"));
  }

  public long pid() {
    return process.pid();
  }

  /** Ends it as somebody would who has no patience. */
  public void kill() {
    process.destroyForcibly().onExit().orTimeout(LIMIT_S, TimeUnit.SECONDS).join();
  }

  @Override
  public void close() throws IOException {
    kill();
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, IOException e)
              throws IOException {
            Files.delete(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
