package latencyscope.fleet.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import latencyscope.fleet.Recordings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The commands as a user meets them. */
class FleetCommandsTest {
  @TempDir private Path directory;
  private final CommandRun command = new CommandRun();

  private int run(String... arguments) {
    return command.run(arguments);
  }

  private String said() {
    return command.said();
  }

  private String result() {
    return command.result();
  }

  private String exported() throws Exception {
    Path recording = Recordings.write(directory.resolve("run.jfr"), Recordings.contended());
    String tables = directory.resolve("tables").toString();
    assertEquals(0, run("export", recording.toString(), "-o", tables, "--host", "engine1"), said());
    return tables;
  }

  @Test
  void aRecordingIsExportedAndQueried() throws Exception {
    String tables = exported();
    assertTrue(result().contains("host=engine1"), result());
    assertEquals(0, run("query", tables, "SELECT host, day FROM captures"), said());
    assertEquals("host     day\nengine1  2026-12-01\n", result());
    String both = "SELECT 'a, \"b\"' AS t, 1 AS n";
    assertEquals(0, run("query", tables, both, "--format", "csv"), said());
    assertEquals("t,n\r\n\"a, \"\"b\"\"\",1\r\n", result());
    assertEquals(0, run("query", tables, both, "--format", "json"), said());
    assertEquals("[\n{\"t\":\"a, \\\"b\\\"\",\"n\":1}\n]\n", result());
  }

  @Test
  void aQueryReadsTheTablesAndNothingElse() throws Exception {
    String tables = exported();
    Path other = Files.writeString(directory.resolve("secret.csv"), "a\n1\n");
    for (String sql :
        new String[] {
          "SELECT * FROM read_csv('" + other + "')",
          "SELECT * FROM read_text('" + other + "')",
          "COPY captures TO '" + tables + "/x.csv'",
          "ATTACH '" + tables + "/x.db'",
          "SET enable_external_access = true",
          "INSTALL httpfs",
          "SELECT 1; SELECT 2",
          "SELEC 1"
        }) {
      assertEquals(3, run("query", tables, sql), sql);
      assertEquals(1, said().lines().filter(line -> line.startsWith("latencyscope: ")).count());
    }
    assertEquals(3, run("query", tables, "SELECT 1", "--format", "xml"));
    assertTrue(said().contains("table, csv, json or arrow"), said());
  }

  @Test
  void aFileThatCannotBeReadIsNamedAndTheOthersAreExported() throws Exception {
    Path bad = Files.writeString(directory.resolve("bad.jfr"), "no recording");
    Path good = Recordings.write(directory.resolve("run.jfr"), Recordings.contended());
    String tables = directory.resolve("tables").toString();
    assertEquals(
        3, run("export", bad.toString(), good.toString(), "-o", tables, "--host", "engine1"));
    assertTrue(said().contains("bad.jfr"), said());
    assertTrue(result().contains("run.jfr: day=2026-12-01"), result());
  }

  @Test
  void fleetSaysWhatItLacks() throws Exception {
    assertEquals(3, run("fleet", directory.resolve("nothing").toString()));
    assertTrue(said().contains("latencyscope export"), said());
    Path page = directory.resolve("fleet.html");
    assertEquals(0, run("fleet", exported(), "-o", page.toString()), said());
    assertTrue(result().contains("4 days"), result());
    assertTrue(Files.readString(page).contains("engine1"));
  }

  @Test
  void thePageDescribesEveryOption() throws Exception {
    String page = Files.readString(Path.of("../docs/fleet.md"));
    for (Object known : new FleetCommands().commands(command.console())) {
      CommandLine line = new CommandLine(known);
      assertTrue(page.contains("## `" + line.getCommandName() + "`"), line.getCommandName());
      line.getCommandSpec().options().stream()
          .filter(option -> !option.usageHelp() && !option.versionHelp())
          .forEach(option ->
              assertTrue(page.contains("`" + option.longestName()), option.longestName()));
    }
  }
}
