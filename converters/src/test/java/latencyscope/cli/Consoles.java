package latencyscope.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.time.ZoneId;
import java.util.Map;

/** What commands under test write to. */
final class Consoles {
  private Consoles() {}

  /** Two streams, neither of them a terminal, in UTC. */
  static Console piped(OutputStream out, OutputStream err, Charset charset) {
    return new Console(
        new PrintStream(out, true, charset),
        new PrintStream(err, true, charset),
        charset,
        false,
        false,
        Map.of(),
        ZoneId.of("UTC"));
  }
}
