package latencyscope.fleet.export;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/**
 * Knows which capture of a folder holds a chunk, so that two dumps of one recording are not counted
 * twice. One small file for each chunk: to look one up takes the same time however many there are.
 *
 * <p>Spark and DuckDB skip what begins with an underscore. An entry whose capture is not there, as
 * one that a killed export has left, counts for nothing.
 */
public final class ChunkRegister {
  private static final String FOLDER = "_chunks";

  private final Path tables;

  ChunkRegister(Path tables) {
    this.tables = tables;
  }

  /** Where the entry of a chunk is in the folder of the tables; parts are separated by slashes. */
  public static String place(String chunk) {
    // By the second in which it began: folders stay small.
    String seconds = chunk.substring(0, Math.max(1, chunk.indexOf(':') - 9));
    return FOLDER
        + "/"
        + seconds.substring(0, Math.max(1, seconds.length() - 4))
        + "/"
        + chunk.replace(':', '-');
  }

  private Path entry(String chunk) {
    return tables.resolve(place(chunk));
  }

  /** The folder of the capture that holds a chunk; empty if there is none. */
  Optional<Path> captureOf(String chunk) throws IOException {
    try {
      Path capture = tables.resolve(Files.readString(entry(chunk)).strip());
      return Files.isDirectory(capture) ? Optional.of(capture) : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Notes who holds chunks from now on. */
  void put(List<String> chunks, Path capture) throws IOException {
    String place = tables.relativize(capture).toString();
    for (String chunk : chunks) {
      Path entry = entry(chunk);
      Files.createDirectories(entry.getParent());
      // Not a temporary file of the JDK's, which only its owner may read.
      Path temporary =
          entry.resolveSibling("." + entry.getFileName() + "-" + ProcessHandle.current().pid());
      Files.write(temporary, place.getBytes(StandardCharsets.UTF_8));
      Files.move(
          temporary, entry, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
