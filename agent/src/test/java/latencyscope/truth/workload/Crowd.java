package latencyscope.truth.workload;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import jdk.jfr.Event;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import latencyscope.truth.engine.ProcFile;

/** Processes that want the CPU of the calling thread, and what they ran while it wanted it, too. */
final class Crowd {
  private final String[] pids;
  private final Path[] groups;
  private final Path self;

  /**
   * Makes a crowd of processes.
   *
   * @param accounts of each its process id and the file with its CPU time, as {@code PID:FILE}
   */
  Crowd(String[] accounts) throws IOException {
    this.pids = Arrays.stream(accounts).map(a -> a.split(":")[0]).toArray(String[]::new);
    this.groups = Arrays.stream(accounts).map(a -> Path.of(a.split(":")[1])).toArray(Path[]::new);
    this.self = Path.of("/proc/thread-self").toRealPath();
  }

  /** The time between two readings of the accounts, by the recorder's own clock. */
  @Name("test.Window")
  @StackTrace(false)
  static final class Window extends Event {}

  /**
   * A line for each process. What they run while this thread sleeps keeps it from nothing; and at a
   * safepoint or for a lock of the JVM it does sleep: then the time is measured anew.
   *
   * @return empty if it slept each time
   */
  List<String> ran(Duration time, int tries) throws IOException {
    // What is loaded at its first use is not part of what is measured.
    accounts(new Window()::begin);
    for (int i = 0; i < tries; i++) {
      Window window = new Window();
      long slept = sleeps();
      long[] before = accounts(window::begin);
      SchedulerWorkload.spin(time);
      long[] after = accounts(window::end);
      if (sleeps() == slept) {
        window.commit();
        return IntStream.range(0, pids.length)
            .mapToObj(p -> "competitor " + pids[p] + " " + (after[p] - before[p]))
            .toList();
      }
    }
    return List.of();
  }

  /** What each has run for, read in a time in which this thread kept its CPU, and a stamp of it. */
  private long[] accounts(Runnable stamp) throws IOException {
    long[] ran = new long[pids.length];
    String turns;
    do {
      turns = turns();
      stamp.run();
      for (int i = 0; i < groups.length; i++) {
        ran[i] = GroupClock.ran(groups[i]);
      }
    } while (!turns.equals(turns()));
    return ran;
  }

  private String turns() throws IOException {
    return Files.readString(self.resolve("schedstat")).strip().split(" ")[2];
  }

  /** How often this thread has given up its CPU. */
  private long sleeps() throws IOException {
    long id = Long.parseLong(self.getFileName().toString());
    return ProcFile.ownThread(id).number("voluntary_ctxt_switches");
  }
}
