package latencyscope.proc;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The files of a process in {@code /proc}.
 *
 * <p>A process lives as long as one of its threads does. Its first thread may end before the others
 * ({@code pthread_exit} in {@code main}): from then on it is a zombie, and what {@code /proc/PID}
 * says of memory, files and namespaces is empty, while {@code /proc/PID/task/TID} of another thread
 * still has it. Each question looks anew. Immutable.
 */
public final class ProcessFiles {
  private final Path process;

  /**
   * Files of a process.
   *
   * @param process its folder in {@code /proc}
   */
  public ProcessFiles(Path process) {
    this.process = process;
  }

  /** Files of a process on this machine. */
  public static ProcessFiles of(long pid) {
    return new ProcessFiles(Path.of("/proc", Long.toString(pid)));
  }

  /** Folders of its threads, also of those that have ended and wait; none if it is gone. */
  public List<Path> tasks() {
    List<Path> tasks = new ArrayList<>();
    try (DirectoryStream<Path> found =
        Files.newDirectoryStream(process.resolve("task"), "[0-9]*")) {
      found.forEach(tasks::add);
    } catch (IOException | RuntimeException gone) {
      // A stream wraps what ends it in the middle, as the end of the process does.
      return tasks;
    }
    return tasks;
  }

  /** Whether one of its threads lives. */
  public boolean isAlive() {
    return isAlive(process) || tasks().stream().anyMatch(ProcessFiles::isAlive);
  }

  /**
   * The folder to read its memory, files and namespaces in: that of its first thread, or, if that
   * has ended, of another one.
   */
  public Path folder() {
    // The usual case costs one small file.
    return isAlive(process)
        ? process
        : tasks().stream().filter(ProcessFiles::isAlive).findFirst().orElse(process);
  }

  private static boolean isAlive(Path task) {
    return TaskStat.read(task).filter(stat -> !stat.hasEnded()).isPresent();
  }
}
