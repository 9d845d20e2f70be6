package latencyscope.truth;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Switches away from every thread of the machine, counted by bpftrace. */
final class SwitchCount implements AutoCloseable {
  private static final Pattern COUNT = Pattern.compile("@\\[(\\d+)]: (\\d+)");

  private final Process process;
  private final BufferedReader out;

  private SwitchCount(Process process) {
    this.process = process;
    out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** Begins to count, for at most a minute; returns when the probe is in place. */
  static SwitchCount begin() throws IOException {
    String program =
        "BEGIN { printf(\"counting\\n\"); }"
            + " tracepoint:sched:sched_switch { @[args->prev_pid] = count(); }";
    ProcessBuilder bpftrace =
        new ProcessBuilder("timeout", "-s", "INT", "60", "bpftrace", "-e", program)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    bpftrace.environment().put("BPFTRACE_MAP_KEYS_MAX", "65536");
    SwitchCount count = new SwitchCount(bpftrace.start());
    for (String line = count.out.readLine(); ; line = count.out.readLine()) {
      if (line == null) {
        throw new AssertionError("bpftrace ended before it had begun");
      }
      if (line.equals("counting")) {
        return count;
      }
    }
  }

  /** Ends the count: switches by thread id. */
  Map<Long, Long> byThread() throws IOException {
    // SIGTERM would end it without a word; timeout passes SIGINT on.
    new ProcessBuilder("kill", "-INT", String.valueOf(process.pid())).start();
    Map<Long, Long> counts = new HashMap<>();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      Matcher matcher = COUNT.matcher(line);
      if (matcher.matches()) {
        counts.put(Long.valueOf(matcher.group(1)), Long.valueOf(matcher.group(2)));
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
