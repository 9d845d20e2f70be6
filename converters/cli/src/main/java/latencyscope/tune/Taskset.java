package latencyscope.tune;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import latencyscope.proc.CpuSet;

/** Pins threads with the command {@code taskset} of util-linux. Stateless. */
public final class Taskset implements Host.Pinning {
  @Override
  public void pin(long tid, CpuSet cpus) throws IOException {
    Process process;
    try {
      process =
          new ProcessBuilder("taskset", "-pc", cpus.toString(), Long.toString(tid))
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      throw new IOException("taskset is missing; install util-linux", e);
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IOException(output.strip());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
