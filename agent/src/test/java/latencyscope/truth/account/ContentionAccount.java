package latencyscope.truth.account;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Waits of a process's threads for the kernel's mutexes and semaphores, by a script of bpftrace.
 * Spinlocks are left out: it cannot tell those of interrupts.
 */
public final class ContentionAccount implements AutoCloseable {
  private static final Pattern VALUE = Pattern.compile("@(count|ns)\\[(\\d+)]: (\\d+)");
  private static final int SPIN = 1;
  private static final int MUTEX = 32;

  private final Map<Long, Long> counts = new HashMap<>();
  private final Map<Long, Long> sums = new HashMap<>();
  private final Process process;
  private final BufferedReader out;

  private ContentionAccount(Process process) {
    this.process = process;
    out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** Begins, for at most three minutes; returns when the probes are in place. */
  public static ContentionAccount of(long pid) throws IOException {
    // A mutex that spins and then sleeps begins twice and ends once.
    String program =
        "BEGIN { printf(\"counting\\n\"); } tracepoint:lock:contention_begin /pid == "
            + pid
            + " && ((args->flags & "
            + SPIN
            + ") == 0 || (args->flags & "
            + MUTEX
            + ") != 0) && @at[tid, args->lock_addr] == 0/ { @at[tid, args->lock_addr] = nsecs; }"
            + " tracepoint:lock:contention_end /@at[tid, args->lock_addr] != 0/ {"
            + " @count[tid] = count(); @ns[tid] = sum(nsecs - @at[tid, args->lock_addr]);"
            + " delete(@at[tid, args->lock_addr]); } END { clear(@at); }";
    ContentionAccount account =
        new ContentionAccount(
            new ProcessBuilder("timeout", "-s", "INT", "180", "bpftrace", "-e", program)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start());
    for (String line = account.out.readLine(); ; line = account.out.readLine()) {
      if (line == null) {
        throw new AssertionError("bpftrace ended before it had begun");
      }
      if (line.equals("counting")) {
        return account;
      }
    }
  }

  /** Ends it. */
  public void end() throws IOException {
    new ProcessBuilder("kill", "-INT", String.valueOf(process.pid())).start();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      Matcher matcher = VALUE.matcher(line);
      if (matcher.matches()) {
        Map<Long, Long> values = matcher.group(1).equals("count") ? counts : sums;
        values.put(Long.valueOf(matcher.group(2)), Long.valueOf(matcher.group(3)));
      }
    }
  }

  /** Waits of a thread. */
  public long count(long thread) {
    return counts.getOrDefault(thread, 0L);
  }

  /** How long they were together, nanoseconds. */
  public long sumNs(long thread) {
    return sums.getOrDefault(thread, 0L);
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
