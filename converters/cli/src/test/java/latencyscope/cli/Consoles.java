package latencyscope.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.time.ZoneId;
import java.util.Map;
import latencyscope.cli.console.Console;

/** What commands under test write to. */
public final class Consoles {
  private Consoles() {}

  /** Two streams, neither of them a terminal, in UTC. */
  public static Console piped(OutputStream out, OutputStream err, Charset charset) {
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
