package demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A private directory that is deleted when the run ends, also by a signal. */
final class Workspace implements AutoCloseable {
  private final Path directory;
  private final Thread hook = new Thread(this::delete, "workspace-cleaner");

  /**
   * Makes the directory, readable by this user only.
   *
   * @throws IOException if the parent does not allow it
   */
  Workspace(Path parent) throws IOException {
    directory = Files.createTempDirectory(parent, "trading-engine-");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  Path directory() {
    return directory;
  }

  @Override
  public void close() {
    delete();
    Runtime.getRuntime().removeShutdownHook(hook);
  }

  private void delete() {
    try (Stream<Path> tree = Files.walk(directory)) {
      List<Path> leavesFirst = tree.sorted(Comparator.reverseOrder()).toList();
      for (Path path : leavesFirst) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
