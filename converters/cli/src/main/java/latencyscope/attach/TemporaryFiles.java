package latencyscope.attach;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;

/**
 * Files in the {@code /tmp} of a JVM that both it and we can open, and nobody else.
 *
 * <p>The user who runs the JVM may do anything with that directory, and we may be root: so it is
 * opened once, without following links, and every file is reached from there. All files are gone at
 * the latest when this is closed. Safe for use by several threads.
 */
final class TemporaryFiles implements AutoCloseable {
  private static final Path DIRECTORY = Path.of("tmp");
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");
  private static final SecureRandom RANDOM = new SecureRandom();

  private final SecureDirectoryStream<Path> directory;
  private final PosixFileAttributes owner;
  private final Set<Path> files = new HashSet<>();

  private TemporaryFiles(SecureDirectoryStream<Path> directory, PosixFileAttributes owner) {
    this.directory = directory;
    this.owner = owner;
  }

  static TemporaryFiles of(JvmProcess jvm) throws AttachException {
    try (DirectoryStream<Path> root = Files.newDirectoryStream(jvm.root())) {
      return new TemporaryFiles(
          ((SecureDirectoryStream<Path>) root)
              .newDirectoryStream(DIRECTORY, LinkOption.NOFOLLOW_LINKS),
          jvm.owner());
    } catch (IOException | ClassCastException e) {
      throw new AttachException("its /tmp cannot be opened: " + e.getMessage(), e);
    }
  }

  /**
   * Makes a file with a name that nobody can foresee.
   *
   * @return its path for the JVM
   */
  Path create(String ending, byte[] content) throws AttachException {
    byte[] random = new byte[8];
    RANDOM.nextBytes(random);
    return create(Path.of("latencyscope-" + HexFormat.of().formatHex(random) + ending), content);
  }

  /** Makes a file with a given name. */
  synchronized Path create(Path name, byte[] content) throws AttachException {
    try {
      Set<StandardOpenOption> options =
          Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      try (SeekableByteChannel channel =
          directory.newByteChannel(
              name, options, PosixFilePermissions.asFileAttribute(OWNER_ONLY))) {
        files.add(name);
        channel.write(ByteBuffer.wrap(content));
      }
      giveToOwner(name);
    } catch (IOException | UnsupportedOperationException e) {
      delete(name);
      throw new AttachException("no file can be created in its /tmp: " + e.getMessage(), e);
    }
    return Path.of("/").resolve(DIRECTORY).resolve(name);
  }

  // Last, when the content is in it: from then on it is the owner's.
  private void giveToOwner(Path name) throws IOException, AttachException {
    if (owner.owner().equals(JvmProcess.owner(Path.of("/proc/self")).owner())) {
      return;
    }
    PosixFileAttributeView view =
        directory.getFileAttributeView(
            name, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    view.setGroup(owner.group());
    view.setOwner(owner.owner());
  }

  /** Copies a file to one of ours, which must not exist. */
  void copy(Path file, Path target) throws IOException {
    Set<OpenOption> options = Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    try (SeekableByteChannel from = directory.newByteChannel(file.getFileName(), options);
        InputStream in = Channels.newInputStream(from)) {
      Files.copy(in, target);
    }
  }

  /** Deletes a file, if it is there. */
  synchronized void delete(Path file) {
    try {
      directory.deleteFile(file.getFileName());
    } catch (NoSuchFileException e) {
      // As it should be.
    } catch (IOException e) {
      // The owner of the directory has put something else there: not ours to remove.
    }
    files.remove(file.getFileName());
  }

  /** Deletes what was made; does nothing the second time. */
  @Override
  public synchronized void close() {
    Set.copyOf(files).forEach(this::delete);
    try {
      directory.close();
    } catch (IOException e) {
      // Nothing was to be written.
    }
  }
}
