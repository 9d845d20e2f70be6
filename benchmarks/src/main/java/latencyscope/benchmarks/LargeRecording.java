package latencyscope.benchmarks;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Makes a large recording out of a real one: its chunks again and again, each copy later than the
 * one before by the recording's length. Run as a source file by benchmarks/conversion.sh.
 *
 * <p>Times in a chunk are relative to what its header says, so that only the header changes.
 */
public final class LargeRecording {
  private static final int HEADER = 68;
  private static final int SIZE = 8;
  private static final int START = 32;
  private static final int DURATION = 40;
  private static final long MEGABYTE = 1_000_000;

  private LargeRecording() {}

  /** Arguments: recording, megabytes, file to write. */
  public static void main(String[] arguments) throws IOException {
    byte[] recording = Files.readAllBytes(Path.of(arguments[0]));
    long bytes = Long.parseLong(arguments[1]) * MEGABYTE;
    long length = length(recording);
    try (OutputStream out = Files.newOutputStream(Path.of(arguments[2]))) {
      for (long written = 0, copy = 0; written < bytes; written += recording.length, copy++) {
        out.write(copy == 0 ? recording : later(recording, length));
      }
    }
  }

  private static long length(byte[] recording) {
    ByteBuffer buffer = ByteBuffer.wrap(recording);
    long first = buffer.getLong(START);
    long end = first;
    for (int at = 0; at + HEADER <= recording.length; at += (int) buffer.getLong(at + SIZE)) {
      end = buffer.getLong(at + START) + buffer.getLong(at + DURATION);
    }
    return end - first;
  }

  private static byte[] later(byte[] recording, long by) {
    ByteBuffer buffer = ByteBuffer.wrap(recording);
    for (int at = 0; at + HEADER <= recording.length; at += (int) buffer.getLong(at + SIZE)) {
      buffer.putLong(at + START, buffer.getLong(at + START) + by);
    }
    return recording;
  }
}
