package latencyscope.spark;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import latencyscope.fleet.export.ExportException;
import latencyscope.fleet.export.Exported;
import latencyscope.fleet.export.Exporter;
import latencyscope.recording.chunk.RecordingException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * What a worker does: it exports into a local folder, by the code and the database of {@code
 * latencyscope export}, and then puts what is there into the folder of all. If the worker is lost,
 * another one repeats it: a capture is then there whole or not at all.
 *
 * @param tables folder of the tables
 * @param temporary folder beside them for what is not complete yet
 * @param host name of the host; null if folder or recording say it
 * @param eventsNs from which length on single events become rows; negative for none
 */
record ExportTask(String tables, String temporary, String host, long eventsNs)
    implements Serializable {
  private static final String HOST = "host=";

  /**
   * What became of a recording.
   *
   * @param line a line for the user
   * @param failed whether it is not in the tables
   */
  record Outcome(String line, boolean failed) implements Serializable {}

  /** Exports recordings, one after the other. */
  List<Outcome> run(List<RecordingPart> parts, Configuration configuration) throws IOException {
    List<Outcome> outcomes = new ArrayList<>();
    for (RecordingPart part : parts) {
      // A worker's current folder has the room that its administrator gave it.
      java.nio.file.Path local =
          Files.createTempDirectory(java.nio.file.Path.of(""), "latencyscope-");
      try {
        outcomes.add(export(part, local, configuration));
      } finally {
        delete(local);
      }
    }
    return outcomes;
  }

  // One that cannot be read is no reason to leave out the others, and not better the second time.
  private Outcome export(RecordingPart part, java.nio.file.Path local, Configuration configuration)
      throws IOException {
    java.nio.file.Path recording = part.copyTo(local, configuration);
    java.nio.file.Path ownTables = Files.createDirectory(local.resolve("tables"));
    Path shared = new Path(tables);
    FileSystem system = Storage.of(shared, configuration);
    LocalCopy copy = new LocalCopy(system, shared, new Path(temporary), ownTables);
    copy.fetch(part.chunks());
    try (Exporter exporter =
        new Exporter(ownTables, new Exporter.Options(hostOf(part.file()), eventsNs, null))) {
      Exported exported = exporter.export(recording);
      copy.publish(exported.capture(), part.chunks());
      return new Outcome(part.file() + ": " + ownTables.relativize(exported.capture()), false);
    } catch (RecordingException | ExportException e) {
      return new Outcome("latencyscope: " + part.file() + ": " + e.getMessage(), true);
    }
  }

  private String hostOf(String file) {
    Path folder = new Path(file).getParent();
    String name = folder == null ? "" : folder.getName();
    return host == null && name.startsWith(HOST) ? name.substring(HOST.length()) : host;
  }

  private static void delete(java.nio.file.Path folder) throws IOException {
    try (Stream<java.nio.file.Path> all = Files.walk(folder)) {
      for (java.nio.file.Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
