package latencyscope.attach;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Texts of the counters that a HotSpot JVM publishes in {@code /tmp/hsperfdata_USER/PID}.
 *
 * <p>Format: PerfDataPrologue and PerfDataEntry of HotSpot, {@code perfMemory.hpp}, version 2.0.
 */
final class PerfData {
  private static final int MAGIC = 0xcafec0c0;
  private static final int BYTE_ORDER = 4;
  private static final int LITTLE = 1;
  private static final int FIRST_ENTRY = 24;
  private static final int ENTRIES = 28;
  private static final int NAME = 4;
  private static final int LENGTH = 8;
  private static final int DATA = 16;
  private static final long LARGEST = 1 << 20;

  private PerfData() {}

  /**
   * Reads one.
   *
   * @return empty if the file has no such text
   * @throws IOException if the file cannot be read, or is none
   */
  static Optional<String> text(Path file, String name) throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) > LARGEST) {
      throw new IOException("not a file of JVM counters");
    }
    try {
      return text(ByteBuffer.wrap(Files.readAllBytes(file)), name);
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new IOException("a damaged file of JVM counters", e);
    }
  }

  private static Optional<String> text(ByteBuffer data, String name) throws IOException {
    if (data.getInt(0) != MAGIC) {
      throw new IOException("not a file of JVM counters");
    }
    data.order(data.get(BYTE_ORDER) == LITTLE ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int entry = data.getInt(FIRST_ENTRY);
    for (int i = 0; i < data.getInt(ENTRIES); i++) {
      int at = entry + data.getInt(entry + NAME);
      if (string(data, at, name.length() + 1).equals(name + '\0')) {
        String all = string(data, entry + data.getInt(entry + DATA), data.getInt(entry + LENGTH));
        return Optional.of(all.replaceFirst("(?s)\0.*", ""));
      }
      entry += Math.max(1, data.getInt(entry));
    }
    return Optional.empty();
  }

  private static String string(ByteBuffer data, int at, int length) {
    byte[] bytes = new byte[Math.max(0, Math.min(length, data.capacity() - at))];
    data.get(at, bytes);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
