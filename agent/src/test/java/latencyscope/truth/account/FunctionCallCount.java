package latencyscope.truth.account;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import latencyscope.truth.engine.Commands;

/** How often each thread was interrupted by a function that another CPU asked for, by bpftrace. */
public final class FunctionCallCount implements AutoCloseable {
  private static final Pattern COUNT = Pattern.compile("@\\[(\\S+), (\\d+)]: (\\d+)");

  private final String function;
  private final Process process;
  private final BufferedReader out;
  private final Map<Long, Long> byThread = new HashMap<>();

  private FunctionCallCount(String function, Process process) {
    this.function = function;
    this.process = process;
    out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** Begins to count, for at most three minutes; returns when it counts. */
  public static FunctionCallCount begin(String function) throws IOException {
    String program =
        "tracepoint:csd:csd_function_entry { @[ksym(args->func), tid] = count(); }"
            + " interval:ms:100 /!@said/ { @said = 1; printf(\"counting\\n\"); }"
            + " END { clear(@said); }";
    ProcessBuilder bpftrace =
        new ProcessBuilder("timeout", "-s", "INT", "180", "bpftrace", "-e", program)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    FunctionCallCount count = new FunctionCallCount(function, bpftrace.start());
    for (String line = count.out.readLine(); ; line = count.out.readLine()) {
      if (line == null) {
        throw new AssertionError("bpftrace ended before it had begun");
      }
      if (line.equals("counting")) {
        return count;
      }
    }
  }

  /** Ends the count. */
  public void end() throws IOException, InterruptedException {
    Commands.output("kill", "-INT", String.valueOf(process.pid()));
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      Matcher matcher = COUNT.matcher(line);
      if (matcher.matches() && matcher.group(1).equals(function)) {
        byThread.put(Long.valueOf(matcher.group(2)), Long.valueOf(matcher.group(3)));
      }
    }
  }

  public long of(long thread) {
    return byThread.getOrDefault(thread, 0L);
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
