package latencyscope.cli.output;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import latencyscope.cli.console.UserError;

/**
 * Writes a file that is there whole or not at all, and that only its owner may read, unless it is
 * for others.
 */
public final class OutputFile {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> ALL_MAY_READ =
      PosixFilePermissions.fromString("rw-r--r--");

  /** Who writes is part of the name, so that what a killed process left can be recognized. */
  private static final Pattern TEMPORARY = Pattern.compile("\\.latencyscope-(\\d+)-.*\\.tmp");

  /** A writer writes: what has not changed for so long has none, or one with another's number. */
  private static final Duration LEFT_ALONE = Duration.ofMinutes(1);

  private final Path file;
  private final Set<PosixFilePermission> permissions;

  public OutputFile(Path file) {
    this(file, OWNER_ONLY);
  }

  private OutputFile(Path file, Set<PosixFilePermission> permissions) {
    this.file = file;
    this.permissions = permissions;
  }

  /** A file that is for others, such as settings for the engine's user. */
  public static OutputFile forAll(Path file) {
    return new OutputFile(file, ALL_MAY_READ);
  }

  /**
   * Checks that it can be written, before any work is done for it.
   *
   * @throws UserError if it cannot
   */
  public void check() throws UserError {
    Path directory = directory();
    if (Files.isDirectory(file)) {
      throw new UserError("--output: " + file + " is a directory; name a file in it");
    }
    if (!Files.isDirectory(directory)) {
      throw new UserError("--output: there is no directory " + directory);
    }
    if (!Files.isWritable(directory)) {
      throw new UserError("--output: no permission to write to directory " + directory);
    }
  }

  private Path directory() {
    return file.toAbsolutePath().getParent();
  }

  /** Puts a report in the file's place. */
  public void write(Format format, Content content) throws UserError {
    replace(temporary -> {
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(temporary))) {
        format.write(content, out);
      }
    });
  }

  /** Puts bytes in the file's place. */
  public void write(byte[] content) throws UserError {
    replace(temporary -> Files.write(temporary, content));
  }

  private interface Writer {
    void writeTo(Path temporary) throws IOException, UserError;
  }

  // A rename within a directory is atomic; a device such as /dev/null must not be replaced.
  private void replace(Writer writer) throws UserError {
    try {
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        writer.writeTo(file);
        return;
      }
      deleteLeftBehind();
      Path temporary =
          Files.createTempFile(
              directory(),
              ".latencyscope-" + ProcessHandle.current().pid() + "-",
              ".tmp",
              PosixFilePermissions.asFileAttribute(OWNER_ONLY));
      try {
        writer.writeTo(temporary);
        Files.setPosixFilePermissions(temporary, permissions);
        Files.move(
            temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (AccessDeniedException e) {
      throw new UserError("--output: no permission to write " + file, e);
    } catch (IOException e) {
      throw new UserError("--output: " + file + " could not be written: " + e.getMessage(), e);
    }
  }

  /** What writers that were killed have left in the directory. */
  private void deleteLeftBehind() throws IOException {
    try (Stream<Path> all = Files.list(directory())) {
      for (Path path : all.filter(OutputFile::isLeftBehind).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (UncheckedIOException | AccessDeniedException e) {
      return; // another user's: theirs to delete
    }
  }

  private static boolean isLeftBehind(Path path) {
    Matcher name = TEMPORARY.matcher(path.getFileName().toString());
    try {
      return name.matches()
          && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty()
          && Files.getLastModifiedTime(path).toInstant().isBefore(Instant.now().minus(LEFT_ALONE));
    } catch (IOException | NumberFormatException e) {
      return false;
    }
  }
}
