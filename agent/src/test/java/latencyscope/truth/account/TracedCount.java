package latencyscope.truth.account;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Occurrences of something on the whole machine by a key, counted by bpftrace. */
public final class TracedCount implements AutoCloseable {
  private static final Pattern COUNT = Pattern.compile("@\\[(.*)]: (\\d+)");

  private final Process process;
  private final BufferedReader out;

  private TracedCount(Process process) {
    this.process = process;
    out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** Begins to count the switches away from every thread of the machine. */
  public static TracedCount ofSwitches() throws IOException {
    return begin("sched:sched_switch", "args->prev_pid");
  }

  /** Begins to count the system calls of every thread of one process, restarts included. */
  public static TracedCount ofCalls(long pid) throws IOException {
    return begin("raw_syscalls:sys_enter /pid == " + pid + "/", "tid");
  }

  /**
   * Begins to count, for at most three minutes; returns when the probe is in place.
   *
   * @param tracepoint such as {@code sched:sched_switch}, and a filter if there is one
   * @param key an expression of its arguments
   */
  public static TracedCount begin(String tracepoint, String key) throws IOException {
    String program =
        "BEGIN { printf(\"counting\\n\"); } tracepoint:"
            + tracepoint
            + " { @["
            + key
            + "] = count(); }";
    ProcessBuilder bpftrace =
        new ProcessBuilder("timeout", "-s", "INT", "180", "bpftrace", "-e", program)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    bpftrace.environment().put("BPFTRACE_MAP_KEYS_MAX", "65536");
    TracedCount count = new TracedCount(bpftrace.start());
    for (String line = count.out.readLine(); ; line = count.out.readLine()) {
      if (line == null) {
        throw new AssertionError("bpftrace ended before it had begun");
      }
      if (line.equals("counting")) {
        return count;
      }
    }
  }

  /** Ends the count: occurrences by thread id, where that is the key. */
  public Map<Long, Long> byThread() throws IOException {
    Map<Long, Long> counts = new HashMap<>();
    byKey().forEach((key, count) -> counts.put(Long.valueOf(key), count));
    return counts;
  }

  /** Ends the count: occurrences by key. */
  public Map<String, Long> byKey() throws IOException {
    // SIGTERM would end it without a word; timeout passes SIGINT on.
    new ProcessBuilder("kill", "-INT", String.valueOf(process.pid())).start();
    Map<String, Long> counts = new HashMap<>();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      Matcher matcher = COUNT.matcher(line);
      if (matcher.matches()) {
        counts.put(matcher.group(1), Long.valueOf(matcher.group(2)));
      }
    }
    return counts;
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
