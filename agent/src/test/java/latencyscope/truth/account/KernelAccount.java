package latencyscope.truth.account;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What the kernel says of one thread in {@code /proc}.
 *
 * @param osThreadId the thread
 * @param voluntary of {@code status}
 * @param involuntary of {@code status}
 * @param runDelayNs second number of {@code schedstat}
 * @param runCount third number of {@code schedstat}
 * @param migrations of {@code sched}; -1 where the kernel does not tell
 * @param cpuTimeNs first number of {@code schedstat}
 */
public record KernelAccount(
    long osThreadId,
    long voluntary,
    long involuntary,
    long runDelayNs,
    long runCount,
    long migrations,
    long cpuTimeNs) {

  public static List<KernelAccount> read(Path file) throws IOException {
    return Files.readAllLines(file).stream()
        .filter(line -> line.startsWith("thread "))
        .map(KernelAccount::parse)
        .toList();
  }

  private static KernelAccount parse(String line) {
    String[] words = line.split(" ");
    return new KernelAccount(
        Long.parseLong(words[1]),
        Long.parseLong(words[2]),
        Long.parseLong(words[3]),
        Long.parseLong(words[4]),
        Long.parseLong(words[5]),
        Long.parseLong(words[6]),
        Long.parseLong(words[7]));
  }
}
