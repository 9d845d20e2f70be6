package latencyscope.fleet.export;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where files are written before they are in place. Who writes is part of the name, so that what a
 * killed process left can be recognized. Spark and DuckDB skip what begins with a full stop.
 *
 * @param path the folder
 */
record TemporaryFolder(Path path) implements AutoCloseable {
  private static final String PREFIX = ".latencyscope-";
  private static final Pattern NAME = Pattern.compile("\\.latencyscope-(\\d+)-.*");

  static TemporaryFolder in(Path folder) throws IOException {
    Files.createDirectories(folder);
    try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, PREFIX + "*")) {
      for (Path path : left) {
        if (isLeftBehind(path)) {
          delete(path);
        }
      }
    }
    Path path = folder.resolve(PREFIX + ProcessHandle.current().pid() + "-" + System.nanoTime());
    return new TemporaryFolder(Files.createDirectory(path));
  }

  private static boolean isLeftBehind(Path path) {
    Matcher name = NAME.matcher(path.getFileName().toString());
    return name.matches() && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty();
  }

  static void delete(Path folder) throws IOException {
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
