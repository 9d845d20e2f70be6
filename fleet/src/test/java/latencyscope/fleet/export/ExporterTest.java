package latencyscope.fleet.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import latencyscope.analysis.Report;
import latencyscope.fleet.Recordings;
import latencyscope.fleet.duckdb.Database;
import latencyscope.fleet.duckdb.TableFolder;
import latencyscope.fleet.table.Tables;
import latencyscope.ledger.explain.Explainer;
import latencyscope.ledger.explain.Explanation;
import latencyscope.ledger.explain.Query;
import latencyscope.recording.Recording;
import latencyscope.recording.RecordingFiles;
import latencyscope.recording.event.Distribution;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is in the tables is what the report says, once, and whole. */
class ExporterTest {
  private static final String SWITCHES =
      "SELECT CAST(sum(value) AS BIGINT) FROM counters"
          + " WHERE module = 'isolation' AND measure = 'voluntary_switches'";

  @TempDir private Path directory;
  private Path tables;
  private Path recording;

  @BeforeEach
  void recording() throws Exception {
    tables = directory.resolve("tables");
    recording = Recordings.write(directory.resolve("run.jfr"), Recordings.contended());
  }

  private Exported export(Path file) throws Exception {
    return export(file, "engine1", -1);
  }

  private Exported export(Path file, String host, long eventsNs) throws Exception {
    try (Exporter exporter = new Exporter(tables, new Exporter.Options(host, eventsNs, null))) {
      return exporter.export(file);
    }
  }

  private List<List<Object>> rows(String sql) throws Exception {
    try (Database database = Database.open(256, 1, directory)) {
      new TableFolder(tables).addViews(database, Tables.ALL);
      return database.query(
          sql,
          result -> {
            List<List<Object>> rows = new ArrayList<>();
            while (result.next()) {
              List<Object> row = new ArrayList<>();
              for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                row.add(result.getObject(i));
              }
              rows.add(row);
            }
            return rows;
          });
    }
  }

  private Object value(String sql) throws Exception {
    return rows(sql).get(0).get(0);
  }

  @Test
  void tablesSayWhatTheReportSays() throws Exception {
    assertEquals(Exported.Outcome.WRITTEN, export(recording, "eng 1/a", -1).outcome());
    Report report = Report.read(new RecordingFiles(List.of(recording)), List.of());
    Recording read = report.recording();
    assertEquals(
        List.of("eng 1/a", read.capture().start(), read.capture().duration(), "run.jfr"),
        rows("SELECT host, started_epoch_ns, duration_ns, file FROM captures").get(0));
    assertEquals(
        (long) report.exitCode(), value("SELECT exit_code FROM captures"), "the report's code");
    Distribution waits = read.distribution("syscall", "futex_woken").orElseThrow();
    assertEquals(
        List.of(waits.count(), waits.max()),
        rows("SELECT CAST(sum(count) AS BIGINT), max(max_ns) FROM distributions"
                + " WHERE module = 'syscall' AND measure = 'futex_woken'")
            .get(0));
    TreeMap<Long, Long> bins = new TreeMap<>();
    waits.forEachBin((upper, count) -> bins.merge(upper, count, Long::sum));
    List<List<Object>> expected = new ArrayList<>();
    bins.forEach((upper, count) -> expected.add(List.of(upper, count)));
    assertEquals(
        expected,
        rows(
            "SELECT bucket_upper_ns, CAST(sum(count) AS BIGINT) FROM measures"
                + " WHERE module = 'syscall' AND measure = 'futex_woken'"
                + " GROUP BY bucket_upper_ns ORDER BY bucket_upper_ns"));
    assertEquals(
        read.counters("isolation").total("voluntary_switches").orElseThrow(), value(SWITCHES));
    assertEquals(
        report.topCauses().stream().mapToLong(cause -> cause.lostNs()).sum(),
        value("SELECT CAST(sum(lost_ns) AS BIGINT) FROM findings"));
    assertEquals(0L, value("SELECT count(*) FROM events"));
  }

  @Test
  void stallsAndTheirLedgersAreThoseOfExplain() throws Exception {
    export(recording);
    List<List<Object>> stalls =
        rows(
            "SELECT event, duration_ns, others, unexplained_ns, stall FROM stalls"
                + " ORDER BY duration_ns DESC");
    assertTrue(stalls.size() > 2, "stalls: " + stalls);
    String event = (String) stalls.get(0).get(0);
    Explanation explanation =
        Explainer.explain(new RecordingFiles(List.of(recording)), Query.longest(event, 1));
    var worst = explanation.slowest().get(0);
    assertEquals(
        List.of(event, worst.ledger().window().duration(), (long) worst.othersInStall()),
        stalls.get(0).subList(0, 3));
    assertEquals(
        worst.ledger().parts().stream()
            .map(part -> List.<Object>of(part.cause().key(), part.ns()))
            .toList(),
        rows(
            "SELECT cause, part_ns FROM ledger WHERE stall = "
                + stalls.get(0).get(4)
                + " ORDER BY part_ns DESC"));
    assertEquals(
        0L,
        value(
            "SELECT count(*) FROM (SELECT s.stall FROM stalls s LEFT JOIN ledger l"
                + " ON s.stall = l.stall GROUP BY s.stall, s.duration_ns, s.unexplained_ns"
                + " HAVING s.duration_ns <> s.unexplained_ns + coalesce(sum(l.part_ns), 0)) t"));
  }

  @Test
  void eventsAreThoseThatAreLongEnough() throws Exception {
    long[] longEnough = new long[1];
    Recording.read(
        List.of(recording), event -> longEnough[0] += event.duration() >= 1_000_000 ? 1 : 0);
    export(recording, "engine1", 1_000_000);
    assertTrue(longEnough[0] > 0);
    assertEquals(longEnough[0], value("SELECT count(*) FROM events WHERE duration_ns >= 1000000"));
  }

  @Test
  void theSameRecordingTwiceIsThereOnce() throws Exception {
    export(recording);
    Path copy = Recordings.write(directory.resolve("copy.jfr"), Recordings.contended());
    Exported again = export(copy);
    assertEquals(Exported.Outcome.KNOWN, again.outcome());
    assertEquals(1L, value("SELECT count(*) FROM captures"));
  }

  @Test
  void aLongerDumpTakesThePlaceOfAShorterOne() throws Exception {
    byte[] first = Recordings.contended();
    byte[] second = Recordings.later(first, 0);
    byte[] third = Recordings.later(first, 1);
    export(recording);
    Path longer = Recordings.write(directory.resolve("longer.jfr"), second, third);
    assertEquals(Exported.Outcome.REPLACED, export(longer).outcome());
    assertEquals(1L, value("SELECT count(*) FROM captures"));
    assertEquals(Exported.Outcome.KNOWN, export(recording).outcome());
  }

  @Test
  void whatTwoDumpsHaveInCommonIsCountedOnce() throws Exception {
    byte[] day = Recordings.contended();
    long once = switches(recording);
    Path two = Recordings.write(directory.resolve("1.jfr"), day, Recordings.later(day, 1));
    Path late =
        Recordings.write(
            directory.resolve("2.jfr"), Recordings.later(day, 1), Recordings.later(day, 2));
    export(two);
    assertEquals(1, export(late).leftOut());
    assertEquals(3 * once, value(SWITCHES));
    assertEquals(2L, value("SELECT count(DISTINCT day) FROM captures"));
  }

  @Test
  void aLargeFileIsSplitIntoWhatItsChunksAreByThemselves() throws Exception {
    byte[] day = Recordings.contended();
    Path large =
        Recordings.write(directory.resolve("1.jfr"), day, Recordings.later(day, 1), day.clone());
    assertEquals(1, ChunkRange.split(large, Long.MAX_VALUE).size());
    List<ChunkRange> ranges = ChunkRange.split(large, day.length);
    assertEquals(3, ranges.size());
    try (Exporter exporter = new Exporter(tables, new Exporter.Options("engine1", -1, null))) {
      exporter.export(large, ranges.get(0));
      exporter.export(large, ranges.get(1));
      assertEquals(
          Exported.Outcome.KNOWN, exporter.export(large, ranges.get(2)).outcome(), "a repetition");
    }
    assertEquals(2 * switches(recording), value(SWITCHES));
    assertEquals(2L * day.length, value("SELECT CAST(sum(size_bytes) AS BIGINT) FROM captures"));
    // What was split is known whole, too, and takes the place of its parts.
    Path both = Recordings.write(directory.resolve("2.jfr"), day, Recordings.later(day, 1));
    assertEquals(Exported.Outcome.REPLACED, export(both).outcome());
    assertEquals(2 * switches(recording), value(SWITCHES));
  }

  @Test
  void aDamagedFileIsNotSplit() throws Exception {
    byte[] day = Recordings.contended();
    Path damaged = Recordings.write(directory.resolve("1.jfr"), day, new byte[100], day);
    assertEquals(
        List.of(new ChunkRange(0, Files.size(damaged), List.of())), ChunkRange.split(damaged, 1));
  }

  private static long switches(Path file) throws Exception {
    return Recording.read(file).counters("isolation").total("voluntary_switches").orElseThrow();
  }

  @Test
  void anExportThatEndsEarlyLeavesNothing() throws Exception {
    Path damaged = directory.resolve("damaged.jfr");
    Files.write(damaged, new byte[100]);
    assertThrows(Exception.class, () -> export(damaged));
    Files.createDirectories(leftBehind().resolve("spill"));
    // Of a process on another host, which may be writing.
    Path other = tables.resolve(".latencyscope-other.host-999999999-1");
    Files.createDirectories(other);
    export(recording);
    try (Stream<Path> all = Files.list(tables)) {
      assertEquals(
          List.of(other.getFileName().toString(), "_chunks", "day=2026-12-01"),
          all.map(path -> path.getFileName().toString()).sorted().toList());
    }
  }

  /** The temporary folder of a process that was killed. */
  private Path leftBehind() throws Exception {
    String host = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    return tables.resolve(".latencyscope-" + host + "-999999999-1");
  }

  @Test
  void whatWasKilledBetweenTwoRenamesIsCompleted() throws Exception {
    byte[] first = Recordings.contended();
    long once = switches(recording);
    Path shorter = export(recording).capture();
    Path longer =
        Recordings.write(directory.resolve("longer.jfr"), first, Recordings.later(first, 1));
    RecordingFile identity = RecordingFile.of(longer);
    Path elsewhere = directory.resolve("elsewhere");
    Path written;
    try (Exporter exporter = new Exporter(elsewhere, new Exporter.Options("engine1", -1, null))) {
      written = exporter.export(longer).capture();
    }
    Path place = tables.resolve(elsewhere.relativize(written));
    Path left = leftBehind();
    Files.createDirectories(left);
    Files.move(written, left.resolve(identity.capture()));
    Files.writeString(
        left.resolve("replacement"),
        String.join(
            "\n",
            identity.capture(),
            tables.relativize(place).toString(),
            String.join(" ", identity.chunks()),
            tables.relativize(shorter).toString()));
    // Killed here: the shorter one is away, and the longer one not yet there.
    Files.move(shorter, left.resolve(identity.capture() + "-old-3"));
    assertEquals(Exported.Outcome.KNOWN, export(longer).outcome());
    assertEquals(Exported.Outcome.KNOWN, export(recording).outcome());
    assertEquals(2 * once, value(SWITCHES));
    assertEquals(false, Files.exists(left));
  }

  @Test
  void aRecordingWithoutAHostIsRefused() {
    ExportException refused =
        assertThrows(ExportException.class, () -> export(recording, null, -1));
    assertTrue(refused.getMessage().contains("--host"), refused.getMessage());
  }

  @Test
  void anEmptyFolderHasTablesWithoutRows() throws Exception {
    assertEquals(0L, value("SELECT count(*) FROM captures c JOIN measures m USING (capture)"));
  }
}
