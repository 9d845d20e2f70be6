package latencyscope.agent.module;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import latencyscope.guest.settings.CaptureSettings;
import latencyscope.proc.KernelFile;
import latencyscope.proc.ProcessFiles;

/**
 * Which network devices are watched: those of the target's network namespace, or one of them.
 *
 * @param namespace inode number of the namespace; 0 for all namespaces
 * @param interfaceName the one interface to watch; "" for all
 * @param problem what was asked for and is not there, as a sentence; null if there is none
 */
record NetworkScope(long namespace, String interfaceName, String problem) {
  /** Size of an interface's name with the 0 that ends it, IFNAMSIZ of the kernel. */
  private static final int NAME_BYTES = 16;

  private static final Pattern INODE = Pattern.compile("net:\\[(\\d+)\\]");

  /**
   * The scope of a capture.
   *
   * <p>Source: {@code /proc/PID/ns/net}, and {@code /proc/PID/net/dev} for the interfaces there.
   *
   * @param pid as {@link CaptureSettings#pid} has it
   * @param name of the interface to watch; "" for all
   */
  static NetworkScope of(long pid, String name) {
    boolean all = pid == CaptureSettings.ALL;
    if (all && name.isEmpty()) {
      return new NetworkScope(0, name, null);
    }
    // An interface's name means one of ours where no process is asked about.
    boolean own = all || pid == CaptureSettings.OWN;
    Path process = own ? Path.of("/proc/self") : ProcessFiles.of(pid).folder();
    try {
      return new NetworkScope(
          inode(process), name, name.isEmpty() ? null : missing(name, interfaces(process)));
    } catch (IOException e) {
      return new NetworkScope(
          0, name, "cannot read the target's network namespace; watching all: " + e);
    }
  }

  private static long inode(Path process) throws IOException {
    String link = KernelFile.link(process.resolve("ns/net"));
    Matcher inode = INODE.matcher(link);
    if (!inode.matches()) {
      throw new IOException("not a namespace: " + link);
    }
    return Long.parseLong(inode.group(1));
  }

  private static List<String> interfaces(Path process) throws IOException {
    List<String> names = new ArrayList<>();
    for (String line : KernelFile.lines(process.resolve("net/dev"))) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        names.add(line.substring(0, colon).strip());
      }
    }
    return names;
  }

  private static String missing(String name, List<String> there) {
    return there.contains(name)
        ? null
        : "interface: there is no '" + name + "'; there are " + String.join(", ", there);
  }

  /** The interface's name as two words of the kernel's memory. */
  long[] nameWords() {
    byte[] text = interfaceName.getBytes(StandardCharsets.UTF_8);
    return words(Arrays.copyOf(text, NAME_BYTES));
  }

  /** Which bits of the name to compare: those of its text and of the 0 after it. */
  long[] nameMask() {
    byte[] mask = new byte[NAME_BYTES];
    int length = interfaceName.getBytes(StandardCharsets.UTF_8).length;
    Arrays.fill(mask, 0, interfaceName.isEmpty() ? 0 : Math.min(NAME_BYTES, length + 1), (byte) -1);
    return words(mask);
  }

  private static long[] words(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    return new long[] {buffer.getLong(), buffer.getLong()};
  }
}
