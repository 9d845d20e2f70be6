package latencyscope.agent.memory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import latencyscope.proc.ProcessFiles;

/**
 * Size of a process's address space and number of its threads, from {@code /proc/PID/stat}. Once it
 * is open, reading allocates nothing: it is asked each second beside an engine. Used by one thread
 * at a time.
 */
final class ProcessSize implements AutoCloseable {
  /** A file that has ended, or was never there. */
  static final long GONE = -1;

  /** Fields as in proc(5), which counts from 1; the first behind the name is the third. */
  private static final int NUM_THREADS = 20;

  private static final int VSIZE = 23;
  private static final int MOST = 4_096;

  private final Path process;
  private final ByteBuffer text = ByteBuffer.allocateDirect(MOST);

  /** Null until it is asked for the first time, and where that failed. */
  private FileChannel file;

  /**
   * Creates it without opening the file.
   *
   * @param process its folder in {@code /proc}
   */
  ProcessSize(Path process) {
    this.process = process;
  }

  /** A number that differs where size or number of threads do; {@link #GONE} of an ended one. */
  long fingerprint() {
    text.clear();
    try {
      if (file == null) {
        file = FileChannel.open(new ProcessFiles(process).folder().resolve("stat"));
      }
      if (file.read(text, 0) <= 0) {
        return GONE;
      }
    } catch (IOException ended) {
      return GONE;
    }
    text.flip();
    // The name may hold anything; behind its last parenthesis is a space, then the third field.
    int at = text.limit() - 1;
    while (at > 0 && text.get(at) != ')') {
      at--;
    }
    return field(at + 2, NUM_THREADS) * 31 + field(at + 2, VSIZE) & Long.MAX_VALUE;
  }

  private long field(int third, int number) {
    int at = third;
    for (int field = 3; field < number && at < text.limit(); at++) {
      field += text.get(at) == ' ' ? 1 : 0;
    }
    long value = 0;
    for (; at < text.limit() && text.get(at) >= '0' && text.get(at) <= '9'; at++) {
      value = value * 10 + text.get(at) - '0';
    }
    return value;
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
      file = null;
    }
  }
}
