package latencyscope.spark;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.file.Files;
import java.util.List;
import latencyscope.fleet.export.ChunkRange;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A recording, or chunks of a large one. Immutable.
 *
 * @param file where it is
 * @param from first byte
 * @param to byte behind the last one
 * @param chunks ids of its chunks
 */
record RecordingPart(String file, long from, long to, List<String> chunks) implements Serializable {
  private static final int BUFFER = 1 << 18;

  /** The parts of a file, none of which is longer than so many bytes if its chunks are not. */
  static List<RecordingPart> partsOf(String file, long mostBytes, Configuration configuration)
      throws IOException {
    Path path = new Path(file);
    FileSystem system = Storage.of(path, configuration);
    long length = system.getFileStatus(path).getLen();
    try (FSDataInputStream in = system.open(path)) {
      return ChunkRange.split(in::readFully, length, mostBytes).stream()
          .map(range -> new RecordingPart(file, range.from(), range.to(), range.chunks()))
          .toList();
    }
  }

  /** Copies it into a local folder, as a recording by the same name. */
  java.nio.file.Path copyTo(java.nio.file.Path folder, Configuration configuration)
      throws IOException {
    Path path = new Path(file);
    java.nio.file.Path copy = folder.resolve(path.getName());
    try (FSDataInputStream in = Storage.of(path, configuration).open(path);
        OutputStream out = Files.newOutputStream(copy)) {
      in.seek(from);
      copy(in, out, to - from);
    }
    return copy;
  }

  private static void copy(InputStream in, OutputStream out, long bytes) throws IOException {
    byte[] buffer = new byte[BUFFER];
    long left = bytes;
    while (left > 0) {
      int read = in.read(buffer, 0, (int) Math.min(BUFFER, left));
      if (read < 0) {
        throw new IOException("a recording became shorter while it was read");
      }
      out.write(buffer, 0, read);
      left -= read;
    }
  }
}
