package latencyscope.truth.workload;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The CPU time of a control group, whose account has every thread that ever ran in it: {@code
 * cpuacct.usage} of the first version, {@code cpu.stat} of the second.
 */
final class GroupClock {
  private static final String KEY = "usage_usec ";

  private GroupClock() {}

  /** Nanoseconds that the group's threads have run for. */
  static long ran(Path account) throws IOException {
    String text = Files.readString(account).strip();
    return text.startsWith(KEY)
        ? Long.parseLong(text.lines().findFirst().orElseThrow().substring(KEY.length())) * 1_000
        : Long.parseLong(text);
  }
}
