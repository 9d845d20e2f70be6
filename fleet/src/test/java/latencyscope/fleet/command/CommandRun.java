package latencyscope.fleet.command;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.Map;
import latencyscope.cli.Main;
import latencyscope.cli.console.Console;
import latencyscope.cli.console.Machine;

/** Runs commands as a user does, and keeps what the last one wrote. */
final class CommandRun {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  /** Its exit code. */
  int run(String... arguments) {
    out.reset();
    err.reset();
    return Main.run(console(), Machine.LOCAL, arguments);
  }

  /** Where it writes to. */
  Console console() {
    return new Console(
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8),
        StandardCharsets.UTF_8,
        false,
        false,
        Map.of(),
        ZoneOffset.UTC);
  }

  /** Its standard output. */
  String result() {
    return out.toString(StandardCharsets.UTF_8);
  }

  /** Its standard error. */
  String said() {
    return err.toString(StandardCharsets.UTF_8);
  }
}
