package latencyscope.truth.account;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import latencyscope.truth.engine.Commands;
import latencyscope.truth.engine.KernelObjects;

/** The tool {@code offcputime} of libbpf-tools, looking at the threads of one process. */
public final class Offcputime implements AutoCloseable {
  private static final Pattern THREAD = Pattern.compile("\\s+-\\s+.* \\((\\d+)\\)");
  private static final Pattern MICROSECONDS = Pattern.compile("\\s+(\\d+)");
  private static final long LIMIT_MS = 60_000;

  private final Process process;
  private final Path out;

  private Offcputime(Process process, Path out) {
    this.process = process;
    this.out = out;
  }

  /** Begins to look, for at most three minutes; returns when its probe is in place. */
  public static Offcputime begin(long pid, Path folder) throws IOException, InterruptedException {
    Path out = folder.resolve("offcputime.txt");
    // It counts by stack: of those without a number it would lose none, but mix them.
    Process process =
        new ProcessBuilder(
                "timeout",
                "-s",
                "INT",
                "180",
                "offcputime",
                "--stack-storage-size",
                "16384",
                "-p",
                String.valueOf(pid))
            .redirectOutput(out.toFile())
            .redirectError(folder.resolve("offcputime-stderr.txt").toFile())
            .start();
    Offcputime offcputime = new Offcputime(process, out);
    for (long waited = 0; waited < LIMIT_MS; waited += 20) {
      if (offcputime.isAttached()) {
        return offcputime;
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
    offcputime.close();
    throw new AssertionError("offcputime has not attached its probe");
  }

  private boolean isAttached() throws IOException, InterruptedException {
    for (ProcessHandle tool : process.descendants().toList()) {
      if (!KernelObjects.heldBy(tool.pid()).links().isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /** Ends it: nanoseconds off the CPU by thread id. */
  public Map<Long, Long> byThread() throws IOException, InterruptedException {
    Commands.output("kill", "-INT", String.valueOf(process.pid()));
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      throw new AssertionError("offcputime does not end");
    }
    Map<Long, Long> sums = new HashMap<>();
    Long thread = null;
    for (String line : Files.readAllLines(out)) {
      Matcher named = THREAD.matcher(line);
      Matcher time = MICROSECONDS.matcher(line);
      if (named.matches()) {
        thread = Long.valueOf(named.group(1));
      } else if (time.matches() && thread != null) {
        sums.merge(thread, 1_000 * Long.parseLong(time.group(1)), Long::sum);
        thread = null;
      }
    }
    return sums;
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
