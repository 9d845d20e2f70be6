package latencyscope.guest.settings;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import latencyscope.jfr.SizeText;
import latencyscope.proc.KernelFile;

/** How much kernel memory the logs of all modules and CPUs may take together. */
public final class HistorySize {
  /** No log at all. */
  public static final long OFF = 0;

  /** Choose it by the host. */
  public static final long BY_HOST = -1;

  /** Some seconds of a CPU that switches threads 10,000 times a second. */
  private static final long PER_CPU = 32L << 20;

  /** Part of the host's memory that nobody misses. */
  private static final int PART_OF_HOST = 64;

  private HistorySize() {}

  /** The size that a text means: {@code 64m}, {@code 1g} or {@code off}. */
  static long parse(String text, List<String> problems) {
    String size = text.strip().toLowerCase(Locale.ROOT);
    if (size.isEmpty()) {
      return BY_HOST;
    }
    if (size.equals("off")) {
      return OFF;
    }
    try {
      return SizeText.parse(size);
    } catch (IllegalArgumentException e) {
      problems.add(
          "history '" + text + "' is neither off nor a size such as 64m; using the default");
      return BY_HOST;
    }
  }

  /**
   * The size that is meant, in bytes.
   *
   * @param size as parsed
   * @param cpus CPUs that have a log
   * @param root the folder that holds {@code proc}, which is {@code /} but in tests
   */
  public static long bytes(long size, int cpus, Path root) {
    return size == BY_HOST ? Math.min(cpus * PER_CPU, memory(root) / PART_OF_HOST) : size;
  }

  private static long memory(Path root) {
    try {
      Matcher total =
          Pattern.compile("MemTotal:\\s+(\\d+) kB")
              .matcher(KernelFile.text(root.resolve("proc/meminfo")));
      return total.find() ? Long.parseLong(total.group(1)) << 10 : 0;
    } catch (IOException e) {
      return 0; // then there is no log
    }
  }
}
