package latencyscope.truth.account;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A script of bpftrace that runs for three minutes at most; what its maps hold at the end. */
final class Bpftrace implements AutoCloseable {
  private static final Pattern VALUE = Pattern.compile("@(\\w*\\[[^]]+]): (\\d+)");

  // Once all probes are in place, which BEGIN does not wait for.
  private static final String SAY =
      " interval:ms:100 /!@said/ { @said = 1; printf(\"counting\\n\"); } END { clear(@said); }";

  private final Process process;
  private final BufferedReader out;

  private Bpftrace(Process process) {
    this.process = process;
    out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** Begins; returns when the probes are in place. */
  static Bpftrace start(String script) throws IOException {
    Bpftrace started =
        new Bpftrace(
            new ProcessBuilder("timeout", "-s", "INT", "180", "bpftrace", "-e", script + SAY)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start());
    for (String line = started.out.readLine(); ; line = started.out.readLine()) {
      if (line == null) {
        throw new AssertionError("bpftrace ended before it had begun");
      }
      if (line.equals("counting")) {
        return started;
      }
    }
  }

  /** Ends it. The values of its maps, such as of {@code count[17, 3]}. */
  Map<String, Long> end() throws IOException {
    new ProcessBuilder("kill", "-INT", String.valueOf(process.pid())).start();
    Map<String, Long> values = new HashMap<>();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      Matcher matcher = VALUE.matcher(line);
      if (matcher.matches()) {
        values.put(matcher.group(1), Long.valueOf(matcher.group(2)));
      }
    }
    return values;
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
