package latencyscope.agent.broker;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import latencyscope.guest.wire.AreaWriter;

/**
 * Memory that one client may read: a file of the broker's, under a name that only this client is
 * told, in a folder that nobody else can list. The client cannot write to it, cut it, or keep the
 * broker from it. Used by the thread that made it.
 */
final class SharedArea implements AutoCloseable {
  /** Some 50,000 events, and more than a second of any engine. */
  private static final int BYTES = 8 << 20;

  private static final int NAME_BYTES = 16;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Arena arena = Arena.ofConfined();
  private final Path file;
  private final ByteBuffer memory;
  private boolean named = true;

  SharedArea(Path folder) throws IOException {
    byte[] name = new byte[NAME_BYTES];
    RANDOM.nextBytes(name);
    file = folder.resolve(HexFormat.of().formatHex(name));
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      memory =
          channel
              .map(FileChannel.MapMode.READ_WRITE, 0, AreaWriter.HEADER + BYTES, arena)
              .asByteBuffer();
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
    } catch (IOException | RuntimeException e) {
      arena.close();
      Files.deleteIfExists(file);
      throw e;
    }
  }

  Path file() {
    return file;
  }

  ByteBuffer memory() {
    return memory;
  }

  /** The client has it: nobody needs its name any more. */
  void forgetName() throws IOException {
    if (named) {
      Files.deleteIfExists(file);
      named = false;
    }
  }

  @Override
  public void close() throws IOException {
    arena.close();
    forgetName();
  }
}
