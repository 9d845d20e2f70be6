package latencyscope.agent.memory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import latencyscope.guest.hotspot.HotSpotMemory;
import latencyscope.proc.ProcessFiles;

/**
 * Checksum of what {@code /proc/PID/maps} says of the use of a process's memory: as long as it is
 * the same, memory is used as it was. Once the file is open, taking it allocates nothing: it is
 * asked beside an engine. Used by one thread at a time.
 *
 * <p>Not of the whole text: heap, code cache, metaspace and the arenas of the C library are
 * reserved once and made accessible piece by piece, so that in an engine which does nothing new a
 * border between two anonymous mappings still moves every few seconds (seen in JDK 25). Such a
 * border counts only when it gets into another piece of metaspace.
 */
final class MapOutline implements AutoCloseable {
  /** A process that has ended, or cannot be read. */
  static final long GONE = -1;

  private static final int PIECE = 64 << 10;
  private static final int HEX = 16;
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  /** What is behind the addresses of an anonymous mapping: rights, offset, device and inode. */
  private static final int WORDS_BEFORE_PATH = 4;

  private final Path process;
  private final ByteBuffer text = ByteBuffer.allocateDirect(PIECE);

  /** Null until it is asked for the first time, and where that failed. */
  private FileChannel file;

  private long sum;

  private long begin;
  private long end;
  private boolean isBehindBegin;
  private int words;
  private boolean isInWord;
  private boolean isAnonymous;
  private long line;

  /** End of the mapping before, if that is anonymous, and the piece that was counted last. */
  private long endBefore;

  private long pieceBefore;

  /**
   * Creates it without opening the file.
   *
   * @param process its folder in {@code /proc}
   */
  MapOutline(Path process) {
    this.process = process;
  }

  /** The checksum now, not negative; {@link #GONE} if there is no map. */
  long take() {
    sum = 0;
    endBefore = 0;
    beginLine();
    long length = 0;
    try {
      if (file == null) {
        file = FileChannel.open(new ProcessFiles(process).folder().resolve("maps"));
      }
      for (int read = 0; read >= 0; read = file.read(text, length)) {
        length += read;
        text.flip();
        while (text.hasRemaining()) {
          take(text.get());
        }
        text.clear();
      }
    } catch (IOException ended) {
      return GONE;
    }
    add(endBefore);
    return length == 0 ? GONE : sum & Long.MAX_VALUE;
  }

  private void beginLine() {
    begin = 0;
    end = 0;
    isBehindBegin = false;
    words = 0;
    isInWord = true;
    isAnonymous = false;
    line = 0;
  }

  private void take(byte b) {
    if (b == '\n') {
      endLine();
      beginLine();
      return;
    }
    line = line * 31 + b;
    if (b == ' ') {
      isInWord = false;
    } else if (words == 0 && isInWord) {
      takeAddress(b);
    } else if (!isInWord) {
      isInWord = true;
      words++;
      // What has a name in brackets besides, such as the first thread's stack, counts as it is.
      isAnonymous = words == WORDS_BEFORE_PATH && b == '0';
    } else if (words == WORDS_BEFORE_PATH) {
      isAnonymous = false; // an inode of more than one digit
    }
  }

  private void takeAddress(byte b) {
    if (b == '-') {
      isBehindBegin = true;
    } else if (isBehindBegin) {
      end = end * HEX + Character.digit(b, HEX);
    } else {
      begin = begin * HEX + Character.digit(b, HEX);
    }
  }

  private void endLine() {
    if (!isAnonymous) {
      add(endBefore);
      endBefore = 0;
      add(line);
    } else if (begin != endBefore || endBefore == 0) {
      add(endBefore);
      add(begin);
      endBefore = end;
      pieceBefore = 0;
    } else {
      // The piece that ends there, so that the first of another is not the border to it.
      long piece = (begin - 1) / HotSpotMemory.METASPACE_PIECE;
      if (piece != pieceBefore) {
        add(piece);
        pieceBefore = piece;
      }
      endBefore = end;
    }
  }

  private void add(long number) {
    sum = Long.rotateLeft((sum ^ number) * SPREAD, 23);
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
      file = null;
    }
  }
}
