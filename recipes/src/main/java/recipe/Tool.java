package recipe;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** Programs of the operating system. */
final class Tool {
  private Tool() {}

  /** Runs a command to its end. */
  static void run(List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes());
      if (process.waitFor() != 0) {
        throw new IllegalStateException(command.get(0) + " failed: " + output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Waits for a thread that has been told to end. */
  static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static void pinCallingThread(int cpu) {
    try {
      String tid = Path.of("/proc/thread-self").toRealPath().getFileName().toString();
      run(List.of("taskset", "-pc", "" + cpu, tid));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Starts a process that never sleeps. The kernel calls it by the name of its file. It ends by
   * itself, whatever becomes of this JVM.
   */
  static Process spin(Path directory, String name, int cpu, int seconds) throws IOException {
    Path script = directory.resolve(name);
    String limit = "ulimit -t " + seconds;
    Files.writeString(script, "#!/bin/sh\n" + limit + "\nwhile :; do :; done\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    return new ProcessBuilder("taskset", "-c", "" + cpu, script.toString()).start();
  }
}
