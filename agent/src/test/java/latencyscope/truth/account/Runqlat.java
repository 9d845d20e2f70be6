package latencyscope.truth.account;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import latencyscope.truth.engine.Commands;
import latencyscope.truth.engine.KernelObjects;

/** The tool {@code runqlat} of libbpf-tools, looking at the threads of one process. */
public final class Runqlat implements AutoCloseable {
  // Bucket n holds what has its highest bit at n: microseconds 2^n to 2^(n+1)-1, 0 with 1.
  private static final int BUCKETS = 26;

  private static final Pattern THREAD = Pattern.compile("tid = (\\d+) .*");
  private static final Pattern BUCKET =
      Pattern.compile("\\s*(\\d+) -> (\\d+)\\s+: (\\d+)\\s+\\|.*");
  private static final long LIMIT_MS = 60_000;

  private final Process process;

  private Runqlat(Process process) {
    this.process = process;
  }

  /** Begins to look, for at most three minutes; returns when its probes are in place. */
  public static Runqlat begin(long pid) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                "timeout", "-s", "INT", "180", "runqlat", "-L", "-p", String.valueOf(pid))
            .redirectErrorStream(true)
            .start();
    Runqlat runqlat = new Runqlat(process);
    for (long waited = 0; waited < LIMIT_MS; waited += 20) {
      if (runqlat.isAttached()) {
        return runqlat;
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
    runqlat.close();
    throw new AssertionError("runqlat has not attached its probes");
  }

  // Three: wakeup, wakeup of a new task, switch. Its own word that it traces comes out of a buffer
  // when it ends.
  private boolean isAttached() throws IOException, InterruptedException {
    for (ProcessHandle tool : process.descendants().toList()) {
      if (KernelObjects.heldBy(tool.pid()).links().size() >= 3) {
        return true;
      }
    }
    return false;
  }

  /** Ends it: counts by thread id. */
  public Map<Long, long[]> byThread() throws IOException, InterruptedException {
    Commands.output("kill", "-INT", String.valueOf(process.pid()));
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    Map<Long, long[]> counts = new TreeMap<>();
    long[] current = null;
    for (String line : out.lines().toList()) {
      Matcher thread = THREAD.matcher(line);
      Matcher bucket = BUCKET.matcher(line);
      if (thread.matches()) {
        current = counts.computeIfAbsent(Long.valueOf(thread.group(1)), id -> new long[BUCKETS]);
      } else if (bucket.matches() && current != null) {
        current[bucketOf(Long.parseLong(bucket.group(2)))] += Long.parseLong(bucket.group(3));
      }
    }
    if (counts.isEmpty()) {
      throw new AssertionError("runqlat has seen nothing: " + out);
    }
    return counts;
  }

  private static int bucketOf(long micros) {
    return Math.min(BUCKETS - 1, 63 - Long.numberOfLeadingZeros(Math.max(1, micros)));
  }

  public static long[] sum(Collection<long[]> histograms) {
    long[] sum = new long[BUCKETS];
    for (long[] histogram : histograms) {
      for (int i = 0; i < BUCKETS; i++) {
        sum[i] += histogram[i];
      }
    }
    return sum;
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
