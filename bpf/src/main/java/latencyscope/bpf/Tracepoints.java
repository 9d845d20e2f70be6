package latencyscope.bpf;

import java.io.IOException;
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
  private static final byte[] PREFIX = "\0btf_trace_".getBytes(StandardCharsets.US_ASCII);
  private static final int HEADER_BYTES = 24;
  private static final Map<Path, Set<String>> KNOWN = new HashMap<>();

  private Tracepoints() {}

  /** Names under a root; empty where the kernel has no BTF. Read once. */
  static synchronized Set<String> of(Path root) {
    return KNOWN.computeIfAbsent(root, Tracepoints::read);
  }

  private static Set<String> read(Path root) {
    byte[] btf;
    try {
      btf = Files.readAllBytes(root.resolve("sys/kernel/btf/vmlinux"));
    } catch (IOException absent) {
      return Set.of();
    }
    Set<String> names = new HashSet<>();
    for (int at = next(btf, stringsIn(btf)); at >= 0; at = next(btf, at)) {
      int end = at;
      while (end < btf.length && btf[end] != 0) {
        end++;
      }
      names.add(new String(btf, at, end - at, StandardCharsets.US_ASCII));
    }
    return Set.copyOf(names);
  }

  /** Where the names begin, by the header's {@code hdr_len} and {@code str_off}. */
  private static int stringsIn(byte[] btf) {
    if (btf.length < HEADER_BYTES) {
      return 0;
    }
    ByteBuffer header = ByteBuffer.wrap(btf).order(ByteOrder.nativeOrder());
    int start = header.getInt(4) + header.getInt(16);
    return start > 0 && start < btf.length ? start : 0;
  }

  /** Where the name after the next prefix begins; -1 if there is none. */
  private static int next(byte[] btf, int from) {
    for (int at = from; at <= btf.length - PREFIX.length; at++) {
      int matched = 0;
      while (matched < PREFIX.length && btf[at + matched] == PREFIX[matched]) {
        matched++;
      }
      if (matched == PREFIX.length) {
        return at + matched;
      }
    }
    return -1;
  }
}
