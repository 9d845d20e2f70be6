package demo.disease;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program of the operating system to its end. */
final class Tool {
  private static final int TIME_LIMIT_SECONDS = 20;

  private Tool() {}

  /**
   * Runs a command.
   *
   * @throws IOException with one sentence, if it is missing, fails or does not end in time
   */
  static void run(List<String> command) throws IOException {
    Process process = start(command);
    try {
      // Read first: a program that fills the pipe would never end.
      String output = output(process);
      if (!process.waitFor(TIME_LIMIT_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException(command.get(0) + " did not end in " + TIME_LIMIT_SECONDS + " s");
      }
      if (process.exitValue() != 0) {
        throw new IOException(command.get(0) + " failed: " + output);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(command.get(0) + " was interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }

  /**
   * Starts a command; its error output joins its standard output.
   *
   * @throws IOException with one sentence, if it is missing
   */
  static Process start(List<String> command) throws IOException {
    try {
      return new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new IOException(command.get(0) + " is missing or may not be run", e);
    }
  }

  /** The rest of what a process writes, as one line; returns when it closes its output. */
  static String output(Process process) throws IOException {
    byte[] bytes = process.getInputStream().readAllBytes();
    return new String(bytes, StandardCharsets.UTF_8).trim().replaceAll("\\s*\\R\\s*", "; ");
  }
}
