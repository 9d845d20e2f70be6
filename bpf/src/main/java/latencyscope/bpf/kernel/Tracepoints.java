package latencyscope.bpf.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The raw tracepoints that a kernel's BTF describes: for each, it has a type {@code
 * btf_trace_NAME}.
 *
 * <p>Only the names are looked for: reading all of the kernel's types would take the engine's
 * memory for the sake of one question. Safe for use by several threads.
 */
final class Tracepoints {
  private static final byte[] PREFIX = "btf_trace_".getBytes(StandardCharsets.US_ASCII);
  private static final int HEADER_BYTES = 24;
  private static final int PIECE = 1 << 16;
  private static final Map<Path, Set<String>> KNOWN = new HashMap<>();

  private Tracepoints() {}

  /** Names under a root; empty where the kernel has no BTF. Read once. */
  static synchronized Set<String> of(Path root) {
    return KNOWN.computeIfAbsent(root, Tracepoints::read);
  }

  // In pieces: the whole is several megabytes, which a small heap may not have in one.
  private static Set<String> read(Path root) {
    Names names = new Names();
    try (InputStream in = Files.newInputStream(root.resolve("sys/kernel/btf/vmlinux"))) {
      in.skipNBytes(stringsAfter(in.readNBytes(HEADER_BYTES)));
      byte[] piece = new byte[PIECE];
      for (int length = in.read(piece); length > 0; length = in.read(piece)) {
        for (int i = 0; i < length; i++) {
          names.accept(piece[i]);
        }
      }
    } catch (IOException absent) {
      return Set.of();
    }
    return Set.copyOf(names.found);
  }

  /** How far behind the header the names begin, by its {@code hdr_len} and {@code str_off}. */
  private static long stringsAfter(byte[] header) {
    if (header.length < HEADER_BYTES) {
      return 0;
    }
    ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.nativeOrder());
    return Math.max(0L, (long) fields.getInt(4) + fields.getInt(16) - HEADER_BYTES);
  }

  /** Takes texts that end with 0, and keeps what follows the prefix in those that have it. */
  private static final class Names {
    final Set<String> found = new HashSet<>();
    private final StringBuilder name = new StringBuilder();
    private int matched;

    void accept(byte next) {
      if (next == 0) {
        if (matched == PREFIX.length) {
          found.add(name.toString());
        }
        matched = 0;
        name.setLength(0);
      } else if (matched == PREFIX.length) {
        name.append((char) next);
      } else if (matched >= 0) {
        matched = next == PREFIX[matched] ? matched + 1 : -1;
      }
    }
  }
}
