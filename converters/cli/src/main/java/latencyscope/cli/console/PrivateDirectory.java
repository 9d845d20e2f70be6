package latencyscope.cli.console;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A directory that only this user can look into, for files of one run. It goes with the process, at
 * the latest; if that is killed, what the system does with its temporary files is all that is left.
 *
 * @param path where it is
 * @param hook deletes it when the process ends
 */
public record PrivateDirectory(Path path, Thread hook) implements AutoCloseable {
  public static PrivateDirectory create() throws UserError {
    try {
      Path path = Files.createTempDirectory("latencyscope-"); // mode 0700 where there are modes
      Thread hook = new Thread(() -> delete(path), "latencyscope-files-end");
      Runtime.getRuntime().addShutdownHook(hook);
      return new PrivateDirectory(path, hook);
    } catch (IOException e) {
      throw new UserError("no temporary directory could be created: " + e.getMessage(), e);
    }
  }

  private static void delete(Path directory) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(directory);
    } catch (IOException e) {
      System.err.println("latencyscope: temporary files are left in " + directory);
    }
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
      delete(path);
    } catch (IllegalStateException e) {
      // This process is ending, and the hook is at work.
    }
  }
}
