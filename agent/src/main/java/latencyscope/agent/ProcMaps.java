package latencyscope.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Reads {@code /proc/PID/maps}, the kernel's own list of a process's memory. */
final class ProcMaps {
  private static final int OFFSET = 2;
  private static final int DEVICE = 3;
  private static final int INODE = 4;
  private static final int PATH = 5;

  private ProcMaps() {}

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
  record Mapping(long begin, long end, long offset, long device, long inode, String path) {
    boolean contains(long address) {
      return Long.compareUnsigned(address, begin) >= 0 && Long.compareUnsigned(address, end) < 0;
    }
  }

  /**
   * All mappings, ascending.
   *
   * @param process its folder in {@code /proc}
   * @throws IOException if it has ended, or may not be looked at
   */
  static List<Mapping> read(Path process) throws IOException {
    List<Mapping> mappings = new ArrayList<>();
    try (Stream<String> lines = Files.lines(process.resolve("maps"))) {
      // The last line may be of the kernel's own half, whose addresses are negative here.
      lines.map(ProcMaps::parse).filter(mapping -> mapping.begin() >= 0).forEach(mappings::add);
    }
    return mappings;
  }

  static Mapping parse(String line) {
    String[] words = line.split(" +", PATH + 1);
    int dash = words[0].indexOf('-');
    int colon = words[DEVICE].indexOf(':');
    return new Mapping(
        Long.parseUnsignedLong(words[0], 0, dash, 16),
        Long.parseUnsignedLong(words[0], dash + 1, words[0].length(), 16),
        Long.parseLong(words[OFFSET], 16),
        device(
            Long.parseLong(words[DEVICE], 0, colon, 16),
            Long.parseLong(words[DEVICE], colon + 1, words[DEVICE].length(), 16)),
        Long.parseLong(words[INODE]),
        words.length > PATH ? words[PATH] : "");
  }

  /** A device's number as the kernel keeps it: 20 bits of minor number below the major one. */
  static long device(long major, long minor) {
    return major << 20 | minor;
  }
}
