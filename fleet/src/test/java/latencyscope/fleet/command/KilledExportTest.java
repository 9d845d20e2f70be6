package latencyscope.fleet.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import latencyscope.cli.Main;
import latencyscope.fleet.Recordings;
import latencyscope.fleet.table.Table;
import latencyscope.fleet.table.Tables;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An export that the kernel ends while it writes, as where memory runs out. */
class KilledExportTest {
  private static final int RECORDINGS = 5;
  private static final int KILLED = 128 + 9;

  @TempDir private Path directory;
  private Path tables;
  private final List<String> export = new ArrayList<>();

  /** Alike but for their day, so that each has as many rows. */
  @BeforeEach
  void recordings() throws Exception {
    tables = directory.resolve("tables");
    export.addAll(List.of("export", "-o", tables.toString(), "--host", "engine1"));
    byte[] day = Recordings.contended();
    for (int i = 0; i < RECORDINGS; i++) {
      Path file = directory.resolve(i + ".jfr");
      export.add(Recordings.write(file, Recordings.later(day, i)).toString());
    }
  }

  @Test
  void leavesWholeCapturesAndTheNextExportGoesOn() throws Exception {
    Path alone = directory.resolve("alone");
    Path first = directory.resolve("0.jfr");
    run("export", first.toString(), "-o", alone.toString(), "--host", "engine1");
    Map<String, Long> ofOne = rows(alone);
    assertEquals(1L, ofOne.get("captures"));
    assertTrue(ofOne.get("measures") > 0, ofOne::toString);
    int inTheMiddle = 0;
    for (int done = 0; done < RECORDINGS; done++) {
      killOnce(done);
      inTheMiddle += temporary().isEmpty() ? 0 : 1;
      if (days() == 0) {
        continue;
      }
      Map<String, Long> left = rows(tables);
      long captures = left.get("captures");
      // The folder of a day may be there before its capture is.
      assertTrue(captures >= done - 1, captures + " captures after " + done);
      assertEquals(times(captures, ofOne), left);
    }
    assertTrue(inTheMiddle > 0, "none was killed while it wrote");
    run(export.toArray(String[]::new));
    assertEquals(times(RECORDINGS, ofOne), rows(tables));
    assertEquals(List.of(), temporary());
  }

  /** Ends a process of its own that exports, as it writes what follows a number of captures. */
  private void killOnce(int done) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(export);
    Path said = directory.resolve("said");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    try {
      String owner = "-" + process.pid() + "-";
      while (process.isAlive()
          && (days() < done || temporary().stream().noneMatch(name -> name.contains(owner)))) {
        TimeUnit.MILLISECONDS.sleep(1);
      }
    } finally {
      process.destroyForcibly();
    }
    int code = process.waitFor();
    // It may have been done before this thread looked.
    assertTrue(code == KILLED || code == 0, code + ": " + Files.readString(said));
  }

  /** How many captures have a folder to take their place in: each has a day of its own. */
  private long days() throws IOException {
    return names().stream().filter(name -> name.startsWith("day=")).count();
  }

  private List<String> temporary() throws IOException {
    return names().stream().filter(name -> name.startsWith(".latencyscope-")).toList();
  }

  private List<String> names() throws IOException {
    if (!Files.exists(tables)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(tables)) {
      return all.map(path -> path.getFileName().toString()).toList();
    }
  }

  /** How many rows each table has. */
  private static Map<String, Long> rows(Path tables) {
    Map<String, Long> rows = new TreeMap<>();
    for (Table table : Tables.ALL) {
      String sql = "SELECT count(*) FROM " + table.name();
      String[] lines = run("query", tables.toString(), sql, "--format", "csv").split("\\R");
      rows.put(table.name(), Long.parseLong(lines[1]));
    }
    return rows;
  }

  private static Map<String, Long> times(long captures, Map<String, Long> rows) {
    Map<String, Long> all = new TreeMap<>(rows);
    all.replaceAll((table, count) -> captures * count);
    return all;
  }

  /** What a command prints. */
  private static String run(String... arguments) {
    CommandRun command = new CommandRun();
    assertEquals(0, command.run(arguments), command::said);
    return command.result();
  }
}
