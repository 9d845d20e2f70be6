package latencyscope.truth.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * A control group whose threads may use a share of one CPU, and get it before others do, by the
 * first version of control groups or the second, whichever has the CPU controller on this machine.
 *
 * @param folder of the group
 * @param unified whether it is of the second version
 */
public record CpuQuotaGroup(Path folder, boolean unified) implements AutoCloseable {
  private static final Path FIRST = Path.of("/sys/fs/cgroup/cpu");
  private static final Path SECOND = Path.of("/sys/fs/cgroup");

  /** Makes one; threads may use so many microseconds in each period of so many. */
  public static CpuQuotaGroup of(String name, long quotaUs, long periodUs) throws IOException {
    if (Files.exists(FIRST.resolve("cpu.shares"))) {
      Path folder = Files.createDirectories(FIRST.resolve(name));
      Files.writeString(folder.resolve("cpu.cfs_period_us"), "" + periodUs);
      Files.writeString(folder.resolve("cpu.cfs_quota_us"), "" + quotaUs);
      // The most there is: on a busy machine a thread that gets no more than its quota is not
      // throttled.
      Files.writeString(folder.resolve("cpu.shares"), "262144");
      return new CpuQuotaGroup(folder, false);
    }
    Path controllers = SECOND.resolve("cgroup.controllers");
    Assumptions.assumeTrue(
        Files.exists(controllers) && Files.readString(controllers).contains("cpu "),
        "no control groups with a CPU controller");
    Files.writeString(SECOND.resolve("cgroup.subtree_control"), "+cpu");
    Path folder = Files.createDirectories(SECOND.resolve(name));
    Files.writeString(folder.resolve("cgroup.type"), "threaded");
    Files.writeString(folder.resolve("cpu.max"), quotaUs + " " + periodUs);
    Files.writeString(folder.resolve("cpu.weight"), "10000");
    return new CpuQuotaGroup(folder, true);
  }

  /** Puts a thread into it. */
  public void add(long osThreadId) throws IOException {
    Files.writeString(folder.resolve(unified ? "cgroup.threads" : "tasks"), "" + osThreadId);
  }

  /** For how long it was throttled, nanoseconds, by {@code cpu.stat}. */
  public long throttledNs() throws IOException {
    String key = unified ? "throttled_usec " : "throttled_time ";
    return Files.readAllLines(folder.resolve("cpu.stat")).stream()
        .filter(line -> line.startsWith(key))
        .mapToLong(line -> Long.parseLong(line.substring(key.length())) * (unified ? 1_000 : 1))
        .findFirst()
        .orElseThrow();
  }

  /** Removes it; its threads have ended. */
  @Override
  public void close() throws IOException {
    remove(folder);
  }

  /** Removes a group, whose last threads may still be about to end. */
  static void remove(Path folder) throws IOException {
    for (int attempt = 0; attempt < 50; attempt++) {
      try {
        Files.delete(folder);
        return;
      } catch (IOException busy) {
        try {
          TimeUnit.MILLISECONDS.sleep(100);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return;
        }
      }
    }
    Files.delete(folder);
  }
}
