package latencyscope.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.Map;
import latencyscope.cli.console.Console;
import latencyscope.cli.console.Machine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Without the jar that they are in, commands say so. */
class FleetJarTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... arguments) {
    Console console =
        new Console(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            StandardCharsets.UTF_8,
            false,
            false,
            Map.of(),
            ZoneOffset.UTC);
    return Main.run(console, Machine.LOCAL, arguments);
  }

  @ParameterizedTest
  @ValueSource(strings = {"export", "query", "fleet", "mcp"})
  void aCommandNamesTheJarThatItNeeds(String command) {
    assertEquals(3, run(command, "run.jfr", "-o", "fleet", "--host", "engine1"));
    assertEquals(
        "latencyscope: "
            + command
            + " needs latencyscope-fleet.jar, which is not beside latencyscope.jar; put it"
            + " there\n",
        err.toString(StandardCharsets.UTF_8));
  }

  @Test
  void theHelpNamesThemAllTheSame() {
    assertEquals(0, run("--help"));
    String help = out.toString(StandardCharsets.UTF_8);
    assertTrue(help.contains("export"), help);
    assertTrue(help.contains("fleet"), help);
  }
}
