package latencyscope.fleet.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import latencyscope.cli.console.UserError;

/** The recordings that a user names: files, or folders whose recordings are meant. Stateless. */
final class NamedRecordings {
  private static final String SUFFIX = ".jfr";

  private NamedRecordings() {}

  /**
   * All files, in the order in which they are named, those of a folder in the order of their names.
   *
   * @throws UserError if a folder holds no recording, or cannot be read
   */
  static List<Path> of(List<Path> named) throws UserError {
    List<Path> files = new ArrayList<>();
    for (Path path : named) {
      if (Files.isDirectory(path)) {
        files.addAll(in(path));
      } else {
        files.add(path);
      }
    }
    return files;
  }

  private static List<Path> in(Path folder) throws UserError {
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files =
          all.filter(file -> file.getFileName().toString().endsWith(SUFFIX))
              .filter(Files::isRegularFile)
              .sorted()
              .toList();
    } catch (IOException e) {
      throw new UserError(folder + " cannot be read: " + e.getMessage(), e);
    }
    if (files.isEmpty()) {
      throw new UserError(folder + " holds no recording: none of its files ends with " + SUFFIX);
    }
    return files;
  }
}
