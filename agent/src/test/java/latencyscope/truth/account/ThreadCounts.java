package latencyscope.truth.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import latencyscope.truth.engine.ProcFile;

/** What the kernel has counted of a thread, in {@code /proc}. */
public record ThreadCounts(long id, ProcFile status, String[] schedstat, String[] stat) {
  /** Of a thread that waits for good: what the kernel counts of it does not rise any more. */
  public static ThreadCounts of(long pid, String name) throws IOException {
    long id = ProcFile.thread(pid, name);
    Path task = Path.of("/proc", Long.toString(pid), "task", Long.toString(id));
    String stat = Files.readString(task.resolve("stat"));
    return new ThreadCounts(
        id,
        ProcFile.of(task.resolve("status")),
        Files.readString(task.resolve("schedstat")).strip().split(" "),
        stat.substring(stat.lastIndexOf(')') + 2).split(" "));
  }

  /** A recording has the same, under the thread's name, which has napped so often at least. */
  public void assertEqualIn(OurAccount ours, String name, long naps) {
    long voluntary = status.number("voluntary_ctxt_switches");
    assertTrue(voluntary > naps, name + " napped " + voluntary + " times");
    assertEquals(voluntary, ours.counter(id, "voluntary_switches"), name);
    assertEquals(
        status.number("nonvoluntary_ctxt_switches"), ours.counter(id, "involuntary_switches"));
    assertEquals(Long.parseLong(schedstat[1]), ours.counter(id, "run_delay_ns"), name);
    assertEquals(minorFaults(), ours.counter(id, "minor_faults"), name);
    assertTrue(
        ours.events("Counter", id).stream().allMatch(e -> name.equals(e.getString("thread"))));
  }

  private long minorFaults() {
    return Long.parseLong(stat[7]);
  }

  /** Page faults that waited for a device. */
  public long majorFaults() {
    return Long.parseLong(stat[9]);
  }

  /** Nanoseconds that it has run. */
  public long ranNs() {
    return Long.parseLong(schedstat[0]);
  }

  /** How often it waited for a CPU. */
  public long waits() {
    return Long.parseLong(schedstat[2]);
  }
}
