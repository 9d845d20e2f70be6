package latencyscope.monitor;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import latencyscope.proc.TaskStat;

/**
 * What the live view itself takes: CPU time of all threads of this process over the last ten
 * seconds. Used by one thread at a time.
 */
public final class OwnCost {
  private static final int LOOKS = 11;
  private static final long TICK_NS = 10_000_000;

  private final Path process;
  private final Deque<long[]> looks = new ArrayDeque<>();

  /**
   * Of a process.
   *
   * @param process its folder, such as {@code /proc/self}
   */
  public OwnCost(Path process) {
    this.process = process;
  }

  /**
   * Looks, once a second.
   *
   * @param now {@link System#nanoTime}
   */
  public void look(long now) {
    TaskStat.read(process)
        .ifPresent(stat -> {
          long ticks =
              Long.parseLong(stat.field(TaskStat.USER_TIME))
                  + Long.parseLong(stat.field(TaskStat.SYSTEM_TIME));
          looks.addLast(new long[] {now, ticks * TICK_NS});
          if (looks.size() > LOOKS) {
            looks.removeFirst();
          }
        });
  }

  /** CPU time by elapsed time, percent of one CPU; negative if it is not known yet. */
  public double percent() {
    if (looks.size() < 2) {
      return -1;
    }
    long[] first = looks.getFirst();
    long[] last = looks.getLast();
    return last[0] == first[0] ? -1 : 100.0 * (last[1] - first[1]) / (last[0] - first[0]);
  }

  /** In words, such as {@code 0.4 %}. */
  public String words() {
    double percent = percent();
    return percent < 0 ? "…" : String.format(Locale.ROOT, "%.1f %%", percent);
  }
}
