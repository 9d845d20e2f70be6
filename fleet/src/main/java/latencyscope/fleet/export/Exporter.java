package latencyscope.fleet.export;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import latencyscope.contract.Contract;
import latencyscope.fleet.duckdb.Appender;
import latencyscope.fleet.duckdb.Database;
import latencyscope.fleet.duckdb.TableFolder;
import latencyscope.fleet.table.Table;
import latencyscope.fleet.table.Tables;
import latencyscope.recording.EventSource;
import latencyscope.recording.RecordingPart;
import latencyscope.recording.chunk.RecordingException;
import latencyscope.recording.event.EventConsumer;

/**
 * Writes recordings as tables. A capture is there whole or not at all, and once, however often and
 * in whatever order its recording comes. Memory does not grow with the recording's length. Used by
 * one thread; several processes may write to one folder.
 */
public final class Exporter implements AutoCloseable {
  /** The fact that names the host. */
  static final String HOST_NAME = "hostname";

  private static final int MEGABYTES = 256;

  private final TableFolder folder;
  private final Options options;
  private final ChunkRegister register;
  private final TemporaryFolder temporary;
  private final Database database;

  /**
   * What is wanted.
   *
   * @param host name of the host; null if the recording is to say it
   * @param eventsNs from which length on single events become rows; negative for none
   * @param contract to check each recording against; null for none
   */
  public record Options(String host, long eventsNs, Contract contract) {}

  /**
   * Prepares the folder.
   *
   * @throws ExportException if it cannot be written
   */
  public Exporter(Path folder, Options options) throws ExportException {
    this.folder = new TableFolder(folder);
    this.options = options;
    this.register = new ChunkRegister(folder);
    try {
      temporary = TemporaryFolder.in(folder, register);
      Path spill = Files.createDirectory(temporary.path().resolve("spill"));
      database = Database.open(MEGABYTES, 1, spill);
    } catch (IOException | SQLException e) {
      throw unwritable(e);
    }
  }

  private ExportException unwritable(Exception e) {
    return new ExportException(
        "--output: nothing could be written to " + folder.path() + ": " + e.getMessage(), e);
  }

  /**
   * Writes a recording.
   *
   * @throws RecordingException if nothing of LatencyScope can be read from it
   * @throws ExportException if its host is not known, or rows cannot be written
   */
  public Exported export(Path file) throws RecordingException, ExportException {
    return export(file, ChunkRange.WHOLE);
  }

  /**
   * Writes a part of a recording, as if it were a file of its own by the same name.
   *
   * @throws RecordingException if nothing of LatencyScope can be read from it
   * @throws ExportException if its host is not known, or rows cannot be written
   */
  public Exported export(Path file, ChunkRange range) throws RecordingException, ExportException {
    try {
      RecordingFile identity = RecordingFile.of(file, range);
      Set<Path> holders = new LinkedHashSet<>();
      Set<String> held = new HashSet<>();
      for (String chunk : identity.chunks()) {
        Optional<Path> capture = register.captureOf(chunk);
        capture.ifPresent(holders::add);
        capture.ifPresent(path -> held.add(chunk));
      }
      List<Path> superseded = new ArrayList<>();
      for (Path holder : holders) {
        if (isPartOf(holder, identity)) {
          superseded.add(holder);
        }
      }
      if (held.size() == identity.chunks().size() && superseded.isEmpty()) {
        return new Exported(Exported.Outcome.KNOWN, holders.iterator().next(), 0);
      }
      held.removeIf(chunk -> isHeldBy(superseded, chunk));
      EventSource source =
          new RecordingPart(
              file,
              chunk ->
                  range.holds(chunk.position())
                      && !held.contains(RecordingFile.id(chunk.header())));
      return write(source, identity, superseded, held.size());
    } catch (IOException | SQLException e) {
      throw unwritable(e);
    }
  }

  private boolean isHeldBy(List<Path> captures, String chunk) {
    try {
      return register.captureOf(chunk).filter(captures::contains).isPresent();
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether a recording has all chunks of a capture, and more bytes than that one had. */
  private boolean isPartOf(Path capture, RecordingFile recording) throws SQLException {
    String pattern = capture.toAbsolutePath() + "/" + Tables.CAPTURES.file();
    return database.query(
        "SELECT chunks, size_bytes FROM read_parquet(" + Database.quoted(pattern) + ")",
        rows ->
            rows.next()
                && recording.chunks().containsAll(Arrays.asList(rows.getString(1).split("\\+")))
                && recording.bytes() > rows.getLong(2));
  }

  /**
   * Writes a recording from wherever it comes.
   *
   * @param source hands out its events
   * @param file what identifies it
   * @throws RecordingException if nothing of LatencyScope can be read from it
   * @throws ExportException if its host is not known, or rows cannot be written
   */
  public Exported export(EventSource source, RecordingFile file)
      throws RecordingException, ExportException {
    try {
      return write(source, file, List.of(), 0);
    } catch (IOException | SQLException e) {
      throw unwritable(e);
    }
  }

  private Exported write(EventSource source, RecordingFile file, List<Path> superseded, int leftOut)
      throws RecordingException, ExportException, IOException, SQLException {
    for (Table table : Tables.ALL) {
      database.execute(table.ddl());
    }
    Contents contents = read(source);
    Path place = folder.of(file.day(), host(file, contents), file.capture());
    if (Files.isDirectory(place)) {
      return new Exported(Exported.Outcome.KNOWN, place, 0);
    }
    new Rows(database, file, contents).write();
    Path written = Files.createDirectory(temporary.path().resolve(file.capture()));
    for (Table table : Tables.ALL) {
      database.execute(
          "COPY "
              + table.name()
              + " TO "
              + Database.quoted(written.resolve(table.file()).toString())
              + " (FORMAT parquet, COMPRESSION zstd)");
    }
    new Replacement(temporary.path(), folder.path(), register)
        .of(written, place, superseded, file.chunks());
    return new Exported(
        superseded.isEmpty() ? Exported.Outcome.WRITTEN : Exported.Outcome.REPLACED,
        place,
        leftOut);
  }

  private Contents read(EventSource source) throws RecordingException, SQLException {
    if (options.eventsNs() < 0) {
      return Contents.read(source, options.contract(), event -> {});
    }
    try (Appender rows = database.appender(Tables.EVENTS.name())) {
      EventConsumer events = new EventRows(rows, options.eventsNs());
      return Contents.read(source, options.contract(), events);
    } catch (EventRows.Failure e) {
      throw (SQLException) e.getCause();
    }
  }

  private String host(RecordingFile file, Contents contents) throws ExportException {
    String recorded = contents.report().recording().hostFacts().get(HOST_NAME);
    String host = options.host() == null ? recorded : options.host();
    if (host == null || host.isBlank()) {
      throw new ExportException(
          file.name()
              + " does not name its host, since a LatencyScope before 0.3 recorded it; name it"
              + " with --host");
    }
    return host;
  }

  @Override
  public void close() throws ExportException {
    try {
      database.close();
      temporary.close();
    } catch (IOException | SQLException e) {
      throw unwritable(e);
    }
  }
}
