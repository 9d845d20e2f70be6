package latencyscope.proc;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/** The kernel's text: any bytes give names, mappings and fields, or none. */
public final class KernelTextFuzz {
  private static final Path ROOT = Path.of("/");

  private KernelTextFuzz() {}

  /** Reads bytes as every kind of text there is. */
  public static void fuzzerTestOneInput(byte[] bytes) throws IOException {
    String text = KernelText.of(bytes);
    if (isUtf8(bytes) != text.equals(new String(bytes, StandardCharsets.UTF_8))) {
      // Only bytes that are no text differ, and those are written out.
      throw new AssertionError("read as other text: " + text);
    }
    String name = KernelText.comm(Arrays.copyOf(bytes, KernelText.COMM_BYTES));
    if (name.indexOf('\0') >= 0) {
      throw new AssertionError("no name: " + name);
    }
    for (MemoryMap.Mapping mapping : MemoryMap.parse(bytes)) {
      mapping.contains(mapping.begin());
    }
    TaskStat.parse(text).ifPresent(stat -> stat.field(TaskStat.VSIZE).concat("" + stat.hasEnded()));
    KernelFile.path(ROOT, new String(bytes, StandardCharsets.ISO_8859_1));
  }

  private static boolean isUtf8(byte[] bytes) {
    return Arrays.equals(
        bytes, new String(bytes, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8));
  }
}
