package latencyscope.spark;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;

/**
 * Makes many recordings out of real ones: each begins later by a day or more, which only changes
 * its chunks' headers. Run as a source file by scripts/spark.sh.
 */
public final class ManyRecordings {
  private static final int SIZE = 8;
  private static final int START = 32;
  private static final int DAYS = 40;

  /** Of so many recordings one is larger, and has other events. */
  private static final int LARGER = 10;

  private ManyRecordings() {}

  /** Arguments: folder with recordings, compressed; folder to write to; how many. */
  public static void main(String[] arguments) throws IOException {
    byte[] engine = read(Path.of(arguments[0], "engine.jfr.gz"));
    byte[] contended = read(Path.of(arguments[0], "contended.jfr.gz"));
    int count = Integer.parseInt(arguments[2]);
    for (int i = 0; i < count; i++) {
      int host = i / DAYS;
      Path folder = Files.createDirectories(Path.of(arguments[1]).resolve("host=host" + host));
      // Two hosts never begin in the same nanosecond: the chunk would be the same one.
      long by = TimeUnit.DAYS.toNanos(i % DAYS) + host;
      byte[] recording = i % LARGER == LARGER - 1 ? contended : engine;
      Files.write(folder.resolve("day" + i % DAYS + ".jfr"), later(recording, by));
    }
    // Two dumps of one recording: the longer one is to take the place of the shorter.
    Path folder = Path.of(arguments[1]).resolve("host=host0");
    Files.write(folder.resolve("dump1.jfr"), later(engine, TimeUnit.DAYS.toNanos(DAYS)));
    try (var longer = Files.newOutputStream(folder.resolve("dump2.jfr"))) {
      longer.write(later(engine, TimeUnit.DAYS.toNanos(DAYS)));
      longer.write(later(engine, TimeUnit.DAYS.toNanos(DAYS) + TimeUnit.MINUTES.toNanos(1)));
    }
  }

  private static byte[] read(Path file) throws IOException {
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      return in.readAllBytes();
    }
  }

  private static byte[] later(byte[] recording, long by) {
    byte[] copy = recording.clone();
    ByteBuffer buffer = ByteBuffer.wrap(copy);
    for (int at = 0; at < copy.length; at += (int) buffer.getLong(at + SIZE)) {
      buffer.putLong(at + START, buffer.getLong(at + START) + by);
    }
    return copy;
  }
}
