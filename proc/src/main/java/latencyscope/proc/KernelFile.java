package latencyscope.proc;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Reads files of {@code /proc} and {@code /sys}. */
public final class KernelFile {
  /** Room to begin with: most files need one read, and the map of a JVM's memory needs more. */
  private static final int ROOM = 16 << 10;

  /** What a thread reads into, as large as the largest file that it has read. */
  private static final ThreadLocal<byte[]> BUFFER =
      new ThreadLocal<>() { // not a lambda: the first one of a JVM takes a while
        @Override
        protected byte[] initialValue() {
          return new byte[ROOM];
        }
      };

  private KernelFile() {}

  /**
   * A file's content.
   *
   * @throws IOException if it is not there, or may not be read, or its process has ended
   */
  public static byte[] bytes(Path file) throws IOException {
    // Not Files.readAllBytes: it begins with one byte of a file without a size, and the kernel
    // gives a number in /proc/sys in one piece or not at all, so that 60 would be 6. Nor that of
    // the stream: it takes 16 KB from the heap for each file.
    try (InputStream in = Files.newInputStream(file)) {
      byte[] buffer = BUFFER.get();
      int length = 0;
      for (int read = 0; read >= 0; read = in.read(buffer, length, buffer.length - length)) {
        length += read;
        if (length == buffer.length) {
          buffer = Arrays.copyOf(buffer, 2 * length);
          BUFFER.set(buffer);
        }
      }
      return Arrays.copyOf(buffer, length);
    }
  }

  /**
   * A file's content without the line feed at its end.
   *
   * @throws IOException as {@link #bytes} does
   */
  public static String text(Path file) throws IOException {
    String text = KernelText.of(bytes(file));
    return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
  }

  /** Like {@link #text}, without white space around it; empty if it cannot be read. */
  public static Optional<String> find(Path file) {
    try {
      return Optional.of(text(file).strip());
    } catch (IOException absent) {
      return Optional.empty();
    }
  }

  /**
   * A file's lines. A line ends with a line feed only: a carriage return may be part of a name.
   *
   * @throws IOException as {@link #bytes} does
   */
  public static List<String> lines(Path file) throws IOException {
    return lines(bytes(file));
  }

  static List<String> lines(byte[] content) {
    String text = KernelText.of(content);
    return text.isEmpty() ? List.of() : List.of(text.split("\n"));
  }

  /**
   * A thread's name out of its {@code comm}.
   *
   * @param task its folder, such as {@code /proc/1/task/2}
   * @throws IOException as {@link #bytes} does
   */
  public static String comm(Path task) throws IOException {
    byte[] bytes = bytes(task.resolve("comm"));
    if (bytes.length > 0 && bytes[bytes.length - 1] == '\n') {
      bytes[bytes.length - 1] = 0;
    }
    return KernelText.comm(bytes);
  }

  /**
   * Where a link points, also with bytes in it that are no text in this process's locale.
   *
   * @throws IOException if it is no link, or may not be read
   */
  public static String link(Path link) throws IOException {
    Path target = Files.readSymbolicLink(link);
    String text = target.toString();
    boolean plain = text.chars().allMatch(c -> c < 0x80);
    return plain || !target.isAbsolute() ? text : KernelText.of(bytesOf(target));
  }

  /** The bytes of an absolute path; its text depends on the locale. */
  private static byte[] bytesOf(Path path) {
    String raw = path.toUri().getRawPath();
    byte[] bytes = new byte[raw.length()];
    int count = 0;
    for (int i = 0; i < raw.length(); i++) {
      boolean escaped = raw.charAt(i) == '%';
      bytes[count++] =
          (byte) (escaped ? Integer.parseInt(raw.substring(i + 1, i + 3), 16) : raw.charAt(i));
      i += escaped ? 2 : 0;
    }
    // Of a directory, the form as an address has a slash at its end.
    boolean directory = count > 1 && bytes[count - 1] == '/';
    return Arrays.copyOf(bytes, directory ? count - 1 : count);
  }

  /**
   * The path below a root that the kernel names with these bytes, whatever the locale.
   *
   * @param bytes one char for each, as ISO 8859-1 has them; begins with a slash
   */
  public static Path path(Path root, String bytes) {
    StringBuilder address = new StringBuilder();
    for (byte b : bytes.getBytes(StandardCharsets.ISO_8859_1)) {
      address.append(b == 0 ? "" : isPlain(b) ? "" + (char) b : String.format("%%%02x", b));
    }
    String above = root.toUri().getRawPath();
    String below = address.toString().replaceFirst("^/+", "");
    return Path.of(URI.create("file://" + (above.endsWith("/") ? above : above + "/") + below));
  }

  /** Whether a character stands for itself in an address, by RFC 3986. */
  private static boolean isPlain(byte b) {
    boolean letter = b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z';
    return letter || b >= '0' && b <= '9' || "/-._~".indexOf(b) >= 0;
  }
}
