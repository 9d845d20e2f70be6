package latencyscope.recording.chunk;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Counts the bytes of files as they are read. Used by one thread at a time. */
public final class ReadBytes {
  private final ReadingProgress progress;
  private final long all;
  private long read;

  public ReadBytes(List<Path> files, ReadingProgress progress) {
    this.progress = progress;
    this.all =
        progress == ReadingProgress.NONE ? 0 : files.stream().mapToLong(ReadBytes::size).sum();
  }

  // The reader of the file will report what is wrong with it.
  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      return 0;
    }
  }

  /** The same bytes, counted. */
  public InputStream counting(InputStream in) {
    if (progress == ReadingProgress.NONE) {
      return in;
    }
    return new FilterInputStream(in) {
      @Override
      public int read() throws IOException {
        int value = super.read();
        count(value < 0 ? 0 : 1);
        return value;
      }

      @Override
      public int read(byte[] target, int offset, int length) throws IOException {
        int count = super.read(target, offset, length);
        count(Math.max(0, count));
        return count;
      }
    };
  }

  private void count(int bytes) {
    read += bytes;
    progress.at(read, all);
  }
}
