package latencyscope.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import latencyscope.cli.console.Console;
import latencyscope.cli.console.Machine;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** {@code man latencyscope} has what {@code --help} has. */
class ManPageTest {
  private final CommandSpec root =
      Main.commandLine(Console.ofProcess(), Machine.LOCAL).getCommandSpec();
  private final String page = ManPage.of(root);

  @Test
  void everyCommandAndOptionIsThereOnce() {
    for (Map.Entry<String, CommandLine> named : root.subcommands().entrySet()) {
      CommandSpec command = named.getValue().getCommandSpec();
      String heading = ".SS latencyscope " + named.getKey().replace("-", "\\-") + "\n";
      boolean hidden = command.usageMessage().hidden();
      assertEquals(hidden ? 0 : 1, times(heading), heading);
      if (!hidden) {
        assertHasOptions(command, page.substring(page.indexOf(heading)));
      }
    }
    assertHasOptions(root, page);
  }

  private static void assertHasOptions(CommandSpec command, String part) {
    for (OptionSpec option : command.options()) {
      String name = "\\fB" + option.longestName().replace("-", "\\-");
      assertEquals(!option.hidden(), part.contains(name), command.name() + " " + name);
    }
  }

  private int times(String text) {
    return page.split(Pattern.quote(text), -1).length - 1;
  }

  @Test
  void nothingIsTakenForARequestThatIsNone() {
    List<String> requests =
        List.of(".TH", ".SH", ".SS", ".PP", ".TP", ".BR", ".nf", ".fi", ".nh", ".ad");
    List<String> others =
        page.lines()
            .filter(line -> line.startsWith(".") || line.startsWith("'"))
            .filter(line -> !requests.contains(line.split(" ")[0]))
            .toList();
    assertEquals(List.of(), others);
    assertTrue(!page.contains("%n") && !page.contains("%%"), "a format");
  }
}
