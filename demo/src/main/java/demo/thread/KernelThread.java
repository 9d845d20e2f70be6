package demo.thread;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * One thread of this process as the kernel accounts for it, read from {@code /proc}.
 *
 * <p>Counts are since the thread began and are readable while it lives. Thread-safe.
 */
public final class KernelThread {
  // Positions after the command name in /proc/PID/task/TID/stat, see proc_pid_stat(5).
  private static final int STAT_MAJFLT = 9;
  private static final int STAT_PROCESSOR = 36;

  private final Path directory;

  private KernelThread(Path directory) {
    this.directory = directory;
  }

  /**
   * The calling thread.
   *
   * @throws UncheckedIOException where there is no {@code /proc/thread-self} (Linux 3.17)
   */
  public static KernelThread current() {
    try {
      return new KernelThread(Path.of("/proc/thread-self").toRealPath());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Thread id in this process's pid namespace. */
  public long tid() {
    return Long.parseLong(directory.getFileName().toString());
  }

  /** Page faults that had to read from a device (the field {@code majflt} of stat). */
  public long majorFaults() {
    return Long.parseLong(stat(STAT_MAJFLT));
  }

  /** The CPU that the thread ran on last. */
  public int cpu() {
    return Integer.parseInt(stat(STAT_PROCESSOR));
  }

  /** How often the thread lost its CPU while it could have run on. */
  public long involuntarySwitches() {
    return Long.parseLong(status("nonvoluntary_ctxt_switches"));
  }

  /** How often the thread gave its CPU up to wait for something. */
  public long voluntarySwitches() {
    return Long.parseLong(status("voluntary_ctxt_switches"));
  }

  /** The CPUs that the thread may use, as {@code 0-3,8}. */
  public String allowedCpus() {
    return status("Cpus_allowed_list");
  }

  private String stat(int position) {
    String line = read("stat");
    // The command name before it is in parentheses and may contain anything, also spaces.
    return line.substring(line.lastIndexOf(')') + 2).split(" ")[position];
  }

  private String status(String key) {
    return read("status")
        .lines()
        .filter(line -> line.startsWith(key + ":"))
        .map(line -> line.substring(key.length() + 1).trim())
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(key + " is not in " + directory + "/status"));
  }

  private String read(String file) {
    try {
      return Files.readString(directory.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
