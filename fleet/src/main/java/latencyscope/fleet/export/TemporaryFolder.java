package latencyscope.fleet.export;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where files are written before they are in place. Which process on which host writes is part of
 * the name, so that what a killed one left can be recognized, also where several hosts share the
 * folder. Spark and DuckDB skip what begins with a full stop.
 *
 * @param path the folder
 */
record TemporaryFolder(Path path) implements AutoCloseable {
  private static final String PREFIX = ".latencyscope-";
  private static final Pattern NAME = Pattern.compile("\\.latencyscope-(.*)-(\\d+)-\\d+");
  private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

  /** Creates one. What killed processes left is completed, if they had begun to, and deleted. */
  static TemporaryFolder in(Path tables, ChunkRegister register) throws IOException {
    Files.createDirectories(tables);
    String host = Files.readString(HOST_NAME, StandardCharsets.UTF_8).strip();
    String name = PREFIX + host + "-" + ProcessHandle.current().pid() + "-" + System.nanoTime();
    TemporaryFolder own = new TemporaryFolder(Files.createDirectory(tables.resolve(name)));
    try (DirectoryStream<Path> left = Files.newDirectoryStream(tables, PREFIX + "*")) {
      for (Path path : left) {
        if (isLeftBehind(path, host)) {
          own.takeOver(path, tables, register);
        }
      }
    }
    return own;
  }

  private static boolean isLeftBehind(Path path, String host) {
    Matcher name = NAME.matcher(path.getFileName().toString());
    return name.matches()
        && name.group(1).equals(host)
        && ProcessHandle.of(Long.parseLong(name.group(2))).isEmpty();
  }

  private void takeOver(Path left, Path tables, ChunkRegister register) throws IOException {
    Path taken = path.resolve("left");
    try {
      Files.move(left, taken, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      return; // another process was faster
    }
    new Replacement(taken, tables, register).complete();
    delete(taken);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  @Override
  public void close() throws IOException {
    delete(path);
  }
}
