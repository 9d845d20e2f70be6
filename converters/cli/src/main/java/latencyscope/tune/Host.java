package latencyscope.tune;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import latencyscope.audit.Setting.Form;
import latencyscope.proc.CpuSet;
import latencyscope.proc.KernelFile;
import latencyscope.proc.TaskAffinity;
import latencyscope.proc.TaskStat;

/**
 * Reads and writes what can be changed of a host: files of the kernel, and where threads may run.
 * Stateless.
 */
public final class Host {
  /** Sets where a thread may run. */
  public interface Pinning {
    /**
     * Lets a thread run on these CPUs only.
     *
     * @throws IOException with a reason, if the kernel refuses
     */
    void pin(long tid, CpuSet cpus) throws IOException;
  }

  private final Path root;
  private final Pinning pinning;

  /**
   * A host.
   *
   * @param root folder that holds {@code proc} and {@code sys}
   */
  public Host(Path root, Pinning pinning) {
    this.root = root;
    this.pinning = pinning;
  }

  Path root() {
    return root;
  }

  /** What a file shows; empty if it cannot be read. */
  Optional<String> read(String file, Form form) {
    return KernelFile.find(root.resolve(file)).map(form::of);
  }

  /**
   * Writes a value to a file that exists.
   *
   * @throws IOException with a reason without the file's name
   */
  void write(String file, String value) throws IOException {
    // A file of the kernel takes a value in one write, and is never made anew.
    try {
      Files.write(
          root.resolve(file),
          (value + "\n").getBytes(StandardCharsets.UTF_8),
          StandardOpenOption.WRITE,
          StandardOpenOption.TRUNCATE_EXISTING);
    } catch (AccessDeniedException e) {
      throw new IOException("no permission; run it as root", e);
    } catch (NoSuchFileException e) {
      throw new IOException("it is gone", e);
    } catch (FileSystemException e) {
      throw new IOException(e.getReason() == null ? e.getMessage() : e.getReason(), e);
    }
  }

  /** Whether a file is there, and permissions or a read-only mount forbid to write it. */
  boolean isReadOnly(String file) {
    Path path = root.resolve(file);
    return Files.exists(path) && !Files.isWritable(path);
  }

  private Path task(long tid) {
    // Also of a thread that is not the first of its process.
    return root.resolve("proc/" + tid);
  }

  /** When a thread was started, in ticks since the boot; empty if there is none. */
  Optional<String> startTime(long tid) {
    return TaskStat.read(task(tid))
        .filter(stat -> !stat.hasEnded())
        .map(stat -> stat.field(TaskStat.START_TIME));
  }

  /** The kernel's flags of a thread; 0 if there is none. */
  long flags(long tid) {
    int field = 9;
    return TaskStat.read(task(tid)).map(stat -> Long.parseLong(stat.field(field))).orElse(0L);
  }

  /** Where a thread may run and what it is called; empty if there is none. */
  Optional<TaskAffinity> affinity(long tid) {
    return TaskAffinity.read(task(tid));
  }

  /**
   * Lets a thread run on these CPUs only.
   *
   * @throws IOException with a reason
   */
  void pin(long tid, CpuSet cpus) throws IOException {
    pinning.pin(tid, cpus);
  }
}
