package latencyscope.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Writes a file that is there whole or not at all, and that only its owner may read. */
final class OutputFile {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private final Path file;

  OutputFile(Path file) {
    this.file = file;
  }

  /**
   * Checks that it can be written, before any work is done for it.
   *
   * @throws UserError if it cannot
   */
  void check() throws UserError {
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
  void write(Format format, Content content) throws UserError {
    replace(temporary -> {
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(temporary))) {
        format.write(content, out);
      }
    });
  }

  /** Puts bytes in the file's place. */
  void write(byte[] content) throws UserError {
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
      Path temporary =
          Files.createTempFile(
              directory(),
              ".latencyscope-",
              ".tmp",
              PosixFilePermissions.asFileAttribute(OWNER_ONLY));
      try {
        writer.writeTo(temporary);
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
}
