package latencyscope.proc;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Reads {@code /proc/PID/maps}, the kernel's own list of a process's memory. */
public final class MemoryMap {
  private static final int HEX = 16;
  private static final int DECIMAL = 10;

  private MemoryMap() {}

  /**
   * A piece of memory with one set of properties.
   *
   * @param begin first address
   * @param end address after the last
   * @param offset in the file of the first address, bytes
   * @param device of the file, as the kernel numbers it inside; 0 if it is no file's
   * @param inode of the file; 0 if it is no file's
   * @param path of the file, or the kernel's word for it in brackets; empty if it has none
   */
  public record Mapping(long begin, long end, long offset, long device, long inode, String path) {
    /** Whether an address lies in it. */
    public boolean contains(long address) {
      return Long.compareUnsigned(address, begin) >= 0 && Long.compareUnsigned(address, end) < 0;
    }
  }

  /**
   * All mappings of user space, ascending.
   *
   * @param process its folder in {@code /proc}
   * @throws IOException if it has ended, or may not be looked at
   */
  public static List<Mapping> read(Path process) throws IOException {
    return parse(KernelFile.bytes(process.resolve("maps")));
  }

  /**
   * A file that is mapped, as a path that can be opened, whatever bytes it has.
   *
   * @param process its folder in {@code /proc}
   * @param ending of its path, in ASCII
   * @throws IOException if it has ended, or may not be looked at
   */
  public static Optional<Path> file(Path process, String ending) throws IOException {
    byte[] maps = KernelFile.bytes(process.resolve("maps"));
    for (String line : new String(maps, StandardCharsets.ISO_8859_1).split("\n")) {
      int slash = line.indexOf('/');
      if (slash >= 0 && line.endsWith(ending)) {
        return Optional.of(KernelFile.path(Path.of("/"), line.substring(slash)));
      }
    }
    return Optional.empty();
  }

  static List<Mapping> parse(byte[] content) {
    List<Mapping> mappings = new ArrayList<>();
    for (String line : KernelFile.lines(content)) {
      // The last line may be of the kernel's own half, whose addresses are negative here.
      parse(line).filter(mapping -> mapping.begin() >= 0).ifPresent(mappings::add);
    }
    return mappings;
  }

  /** A line's mapping; empty if the line is no mapping's. */
  static Optional<Mapping> parse(String line) {
    try {
      // In place: a JVM has hundreds of mappings, and a split by a pattern takes 1 KB for each.
      int dash = line.indexOf('-');
      int range = endOfWord(line, dash);
      int rights = endOfWord(line, range + 1);
      int offset = endOfWord(line, rights + 1);
      int colon = line.indexOf(':', offset);
      int device = endOfWord(line, colon);
      int inode = endOfWord(line, device + 1);
      return Optional.of(
          new Mapping(
              Long.parseUnsignedLong(line, 0, dash, HEX),
              Long.parseUnsignedLong(line, dash + 1, range, HEX),
              Long.parseUnsignedLong(line, rights + 1, offset, HEX),
              device(
                  Long.parseLong(line, offset + 1, colon, HEX),
                  Long.parseLong(line, colon + 1, device, HEX)),
              Long.parseUnsignedLong(line, device + 1, inode, DECIMAL),
              pathBehind(line, inode)));
    } catch (NumberFormatException | IndexOutOfBoundsException noMapping) {
      return Optional.empty();
    }
  }

  /** Where the word ends that begins at or goes on from an index, which may not be negative. */
  private static int endOfWord(String line, int from) {
    int end = line.indexOf(' ', Objects.checkIndex(from, line.length()));
    return end < 0 ? line.length() : end;
  }

  private static String pathBehind(String line, int from) {
    int begin = from;
    while (begin < line.length() && line.charAt(begin) == ' ') {
      begin++;
    }
    return line.substring(begin);
  }

  /** A device's number as the kernel keeps it: 20 bits of minor number below the major one. */
  public static long device(long major, long minor) {
    return major << 20 | minor;
  }
}
