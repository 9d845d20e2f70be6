package latencyscope.truth.account;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The kernel's own trace (ftrace) of one thread's context switches, in an instance of its own and
 * on the monotonic clock. Its lines are rounded to the microsecond.
 */
public final class SwitchTrace implements AutoCloseable {
  private static final Path INSTANCES = Path.of("/sys/kernel/tracing/instances");
  private static final Pattern LINE =
      Pattern.compile(".* (\\d+)\\.(\\d{6}): sched_switch: .* prev_pid=(\\d+) .*");

  /** When the kernel took the CPU from the thread and gave it back, in monotonic nanoseconds. */
  public record Stamps(List<Long> out, List<Long> in) {}

  private final Path folder;
  private final long osThreadId;

  private SwitchTrace(Path folder, long osThreadId) {
    this.folder = folder;
    this.osThreadId = osThreadId;
  }

  /** Begins to trace; the kernel keeps the last four megabytes of each CPU. */
  public static SwitchTrace of(long osThreadId) throws IOException {
    return of(osThreadId, 4);
  }

  /** Begins to trace; the kernel keeps the last megabytes of each CPU. */
  public static SwitchTrace of(long osThreadId, int megabytes) throws IOException {
    Path folder = INSTANCES.resolve("latencyscope-test-" + osThreadId);
    Files.createDirectory(folder);
    SwitchTrace trace = new SwitchTrace(folder, osThreadId);
    try {
      Path event = folder.resolve("events/sched/sched_switch");
      String thread = "prev_pid == " + osThreadId + " || next_pid == " + osThreadId;
      Files.writeString(folder.resolve("trace_clock"), "mono");
      Files.writeString(folder.resolve("buffer_size_kb"), Integer.toString(megabytes * 1024));
      Files.writeString(event.resolve("filter"), thread);
      Files.writeString(event.resolve("enable"), "1");
      return trace;
    } catch (IOException e) {
      trace.close();
      throw e;
    }
  }

  /** What has been traced up to now; the last that is traced. */
  public Stamps read() throws IOException {
    Files.writeString(folder.resolve("tracing_on"), "0");
    Stamps stamps = new Stamps(new ArrayList<>(), new ArrayList<>());
    for (String line : Files.readAllLines(folder.resolve("trace"))) {
      Matcher matcher = LINE.matcher(line);
      if (matcher.matches()) {
        long seconds = Long.parseLong(matcher.group(1));
        long at = 1_000_000_000 * seconds + 1_000 * Long.parseLong(matcher.group(2));
        boolean leaves = Long.parseLong(matcher.group(3)) == osThreadId;
        (leaves ? stamps.out() : stamps.in()).add(at);
      }
    }
    return stamps;
  }

  @Override
  public void close() throws IOException {
    Files.delete(folder);
  }
}
