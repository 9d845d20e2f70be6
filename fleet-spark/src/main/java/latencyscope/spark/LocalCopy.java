package latencyscope.spark;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import latencyscope.fleet.export.ChunkRegister;
import latencyscope.fleet.table.Tables;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * As much of the shared folder of tables as the exporter looks at for one recording, in a local
 * folder; and the way back of what the exporter wrote. Used by one thread.
 *
 * <p>A task may be killed anywhere, and is then repeated from the beginning. So each step may have
 * been done already. A capture is renamed into its place before those that it replaces are deleted.
 * If the job ends in between, both are there until the recording is exported again.
 */
final class LocalCopy {
  private static final String CAPTURE = "day=";

  private final FileSystem system;
  private final Path shared;
  private final Path temporary;
  private final java.nio.file.Path local;
  private final List<String> fetched = new ArrayList<>();

  /**
   * @param shared folder of the tables
   * @param temporary folder on the same file system
   * @param local empty folder
   */
  LocalCopy(FileSystem system, Path shared, Path temporary, java.nio.file.Path local) {
    this.system = system;
    this.shared = shared;
    this.temporary = temporary;
    this.local = local;
  }

  /** Fetches what is known of chunks: who holds them, and what these captures are. */
  void fetch(List<String> chunks) throws IOException {
    for (String chunk : chunks) {
      String entry = ChunkRegister.place(chunk);
      String capture = text(new Path(shared, entry));
      if (!capture.startsWith(CAPTURE)) {
        continue;
      }
      java.nio.file.Path folder = local.resolve(capture);
      if (!fetched.contains(capture)) {
        Path captures = new Path(new Path(shared, capture), Tables.CAPTURES.file());
        if (!system.exists(captures)) {
          continue;
        }
        Files.createDirectories(folder);
        try (FSDataInputStream in = system.open(captures)) {
          Files.copy(in, folder.resolve(Tables.CAPTURES.file()));
        }
        fetched.add(capture);
      }
      java.nio.file.Path copy = local.resolve(entry);
      Files.createDirectories(copy.getParent());
      Files.writeString(copy, capture);
    }
  }

  private String text(Path file) throws IOException {
    try (FSDataInputStream in = system.open(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (FileNotFoundException e) {
      return "";
    }
  }

  /** Puts a capture into the shared folder, if it is not one that was there. */
  void publish(java.nio.file.Path capture, List<String> chunks) throws IOException {
    String place = local.relativize(capture).toString();
    if (fetched.contains(place)) {
      return;
    }
    Path whole = new Path(temporary, UUID.randomUUID().toString());
    system.mkdirs(whole);
    try (Stream<java.nio.file.Path> files = Files.list(capture)) {
      for (java.nio.file.Path file : files.sorted().toList()) {
        try (OutputStream out = system.create(new Path(whole, file.getFileName().toString()))) {
          Files.copy(file, out);
        }
      }
    }
    move(whole, new Path(shared, place));
    for (String chunk : chunks) {
      register(chunk, place);
    }
    for (String before : fetched) {
      if (!Files.exists(local.resolve(before))) {
        system.delete(new Path(shared, before), true);
      }
    }
  }

  /** Renames a folder; if the other one is there, it is that of an attempt that was killed. */
  private void move(Path whole, Path place) throws IOException {
    system.mkdirs(place.getParent());
    boolean moved = !system.exists(place) && renamed(whole, place);
    // Some file systems move a folder into one that is there.
    system.delete(new Path(place, whole.getName()), true);
    if (!moved) {
      if (!system.exists(place)) {
        throw new IOException(whole + " could not be renamed to " + place);
      }
      system.delete(whole, true);
    }
  }

  private void register(String chunk, String place) throws IOException {
    Path entry = new Path(shared, ChunkRegister.place(chunk));
    system.mkdirs(entry.getParent());
    Path written = new Path(temporary, UUID.randomUUID().toString());
    try (OutputStream out = system.create(written)) {
      out.write(place.getBytes(StandardCharsets.UTF_8));
    }
    if (!system.exists(entry) && renamed(written, entry)) {
      return;
    }
    system.delete(entry, false);
    if (!renamed(written, entry)) {
      throw new IOException(written + " could not be renamed to " + entry);
    }
  }

  private boolean renamed(Path from, Path to) throws IOException {
    try {
      return system.rename(from, to);
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }
}
