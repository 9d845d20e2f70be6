package latencyscope.recording;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import latencyscope.recording.chunk.Chunk;
import latencyscope.recording.chunk.ChunkCheck;
import latencyscope.recording.chunk.ChunkIndex;
import latencyscope.recording.chunk.ContextualFields;
import latencyscope.recording.chunk.ReadBytes;
import latencyscope.recording.chunk.ReadingProgress;
import latencyscope.recording.chunk.RecordingException;
import latencyscope.recording.chunk.RecordingException.Problem;
import latencyscope.recording.chunk.RepeatedChunks;
import latencyscope.recording.chunk.SurrogateTexts;
import latencyscope.recording.event.EventConsumer;
import latencyscope.recording.event.KernelTimes;
import org.openjdk.jmc.flightrecorder.CouldNotLoadRecordingException;
import org.openjdk.jmc.flightrecorder.JfrLoaderToolkit;

/**
 * Reads files as parts of one recording, chunk by chunk: what is damaged, cut off or not finished
 * is left out and said. Used once, by one thread.
 */
final class RecordingReading {
  private static final String PARSER = "org.openjdk.jmc.";

  private static final List<String> READS_A_LENGTH =
      List.of(".SeekableInputStream", ".ValueReaders$ArrayReader");

  /** The parser holds a chunk in an array that is larger by this much. */
  private static final double ROOM = 1.2;

  private static final long LARGEST = (long) ((Integer.MAX_VALUE - Byte.MAX_VALUE) / ROOM);

  private static final long MB = 1_000_000;

  private final List<Path> files;
  private final Predicate<Chunk> wanted;
  private final EventConsumer consumer;
  private final RecordingBuilder builder;
  private final ReadBytes bytes;
  private RecordingException damage;

  RecordingReading(
      List<Path> files, Predicate<Chunk> wanted, EventConsumer consumer, ReadingProgress progress) {
    this.files = files;
    this.wanted = wanted;
    this.consumer = consumer;
    this.builder =
        new RecordingBuilder(interval -> StreamingReader.guarded(() -> consumer.accept(interval)));
    this.bytes = new ReadBytes(files, progress);
  }

  /**
   * Reads all of them.
   *
   * @throws RecordingException if nothing of LatencyScope can be read from them
   */
  Recording recording() throws RecordingException {
    List<ChunkIndex> indexes = new ArrayList<>();
    for (Path file : files) {
      indexes.add(ChunkIndex.of(file));
    }
    RepeatedChunks repeated = new RepeatedChunks(files, indexes);
    for (int i = 0; i < files.size(); i++) {
      int file = i;
      readFile(files.get(i), indexes.get(i), wanted.and(chunk -> !repeated.isLeftOut(file, chunk)));
    }
    repeated.notes().forEach(builder.notes::add);
    if (builder.hasOurs()) {
      return new Recording(builder);
    }
    if (damage != null) {
      // Ours may have been in what could not be read.
      throw damage;
    }
    throw new RecordingException(
        Problem.FOREIGN,
        files.get(0),
        "holds no latencyscope.* events: record with LatencyScope's settings and its agent.");
  }

  private void readFile(Path file, ChunkIndex index, Predicate<Chunk> read)
      throws RecordingException {
    int damaged = 0;
    int lost = 0;
    Damage first = null;
    for (Chunk chunk : index.chunks().stream().filter(read).toList()) {
      Damage found = readChunk(file, chunk);
      if (found != null) {
        damaged++;
        lost += found.whole() ? 1 : 0;
        first = first == null ? found : first;
      }
    }
    Chunk last = index.chunks().get(index.chunks().size() - 1);
    if (lost == index.chunks().size()) {
      throw unreadable(file, last, first);
    }
    note(file, index, damaged, first);
    if (last.header().isUnfinished()) {
      builder.notes.add(
          file.getFileName()
              + " is not finished: its JVM was writing it, or was killed. It contains only what"
              + " the JVM had flushed; jcmd PID JFR.dump writes a complete one.");
    }
  }

  private static RecordingException unreadable(Path file, Chunk last, Damage first) {
    if (last.header().isUnfinished() && last.header().metadata() == 0) {
      return new RecordingException(
          Problem.DAMAGED,
          file,
          "is being written by a JVM that has not flushed anything yet: jcmd PID JFR.dump"
              + " filename=NAME writes a complete one.");
    }
    return new RecordingException(
        Problem.DAMAGED,
        file,
        "is damaged, and no part of it can be read: " + first.what() + ". Copy or dump it again.",
        first.cause());
  }

  private void note(Path file, ChunkIndex index, int damaged, Damage first) {
    if (damaged > 0) {
      String note =
          String.format(
              Locale.ROOT,
              "is damaged: %,d of its %,d chunks were not read to their end, since %s.",
              damaged,
              index.chunks().size(),
              first.what());
      builder.notes.add(file.getFileName() + " " + note);
      damage = new RecordingException(Problem.DAMAGED, file, note, first.cause());
    }
    boolean unfinished = index.chunks().get(index.chunks().size() - 1).header().isUnfinished();
    if (index.strayBytes() > 0 && !unfinished) {
      String note =
          String.format(
              Locale.ROOT,
              index.cut()
                  ? "was cut off: its last %,d bytes are not a whole chunk and were left out."
                  : "is damaged: %,d of its bytes belong to no chunk and were left out.",
              index.strayBytes());
      builder.notes.add(file.getFileName() + " " + note);
      damage = new RecordingException(Problem.DAMAGED, file, note);
    }
  }

  /**
   * Why a chunk was not read to its end.
   *
   * @param what clause that says it
   * @param cause of the parser, if it is its word
   * @param whole whether nothing of it was read
   */
  private record Damage(String what, Throwable cause, boolean whole) {}

  /** Reads a chunk as far as it can be read; null if that is all of it. */
  private Damage readChunk(Path file, Chunk chunk) throws RecordingException {
    StreamingReader reader =
        new StreamingReader(
            builder,
            consumer,
            chunk.startNanos(),
            new SurrogateTexts(file, chunk),
            new ContextualFields(file, chunk));
    try {
      ChunkCheck.Defect defect = ChunkCheck.of(file, chunk);
      Throwable failure = null;
      if (defect == null || defect.soundBefore() > 0) {
        checkMemory(file, chunk);
        failure = parse(file, chunk, reader, defect == null ? Chunk.NOWHERE : defect.soundBefore());
      }
      reader.endOfChunk();
      if (defect != null) {
        return new Damage(defect.what(), failure, !reader.hasStarted());
      }
      return failure == null
          ? null
          : new Damage(contradiction(chunk), failure, !reader.hasStarted());
    } catch (StreamingReader.ConsumerFailure e) {
      throw (RuntimeException) e.getCause();
    } catch (IOException e) {
      throw new RecordingException(
          Problem.UNREADABLE, file, "cannot be read: " + e.getMessage() + ".", e);
    }
  }

  private static String contradiction(Chunk chunk) {
    return String.format(
        Locale.ROOT, "the chunk at byte %,d does not match its header", chunk.position());
  }

  private static void checkMemory(Path file, Chunk chunk) throws RecordingException {
    if (chunk.size() > LARGEST) {
      throw new RecordingException(
          Problem.TOO_LARGE,
          file,
          String.format(
              Locale.ROOT,
              "has a chunk of %,d MB; up to %,d MB can be read. Record with smaller ones: jcmd PID"
                  + " JFR.configure maxchunksize=64M.",
              chunk.size() / MB,
              LARGEST / MB));
    }
    long memory = Runtime.getRuntime().maxMemory();
    if (chunk.size() * ROOM > memory) {
      throw new RecordingException(
          Problem.TOO_LARGE,
          file,
          String.format(
              Locale.ROOT,
              "has a chunk of %,d MB, and there are %,d MB of memory. Give it more: java -Xmx%dm"
                  + " -jar latencyscope.jar ...",
              chunk.size() / MB,
              memory / MB,
              (long) (2 * ROOM * chunk.size()) >> 20));
    }
  }

  /** What the parser failed with; null if it read the chunk to its end. */
  private Throwable parse(Path file, Chunk chunk, StreamingReader reader, long end) {
    try (InputStream in = bytes.counting(chunk.open(file, end))) {
      JfrLoaderToolkit.loadEvents(in, List.of(new KernelTimes(), reader));
      return null;
    } catch (StreamingReader.ConsumerFailure e) {
      throw e;
    } catch (IOException
        | CouldNotLoadRecordingException
        | RuntimeException
        | OutOfMemoryError
        | StackOverflowError e) {
      // The parser meets damage with whatever exception comes first; an error is none of the file.
      rethrowError(e);
      return e;
    }
  }

  // The parser works on separate threads, and wraps what ends them.
  private static void rethrowError(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof Error error && !isOfTheFile(error)) {
        throw error;
      }
    }
  }

  // Damage may have made up the length of a text or an array: the parser asks for the memory before
  // it looks how much of the file is left. Memory that is short for another reason is no damage.
  // A type may have become one that contains itself: the parser reads it without end.
  private static boolean isOfTheFile(Error error) {
    String where =
        Arrays.stream(error.getStackTrace())
            .filter(frame -> !"java.base".equals(frame.getModuleName()))
            .map(StackTraceElement::getClassName)
            .findFirst()
            .orElse("");
    if (error instanceof OutOfMemoryError) {
      // The JVM has stack traces ready for the first few of its life: the others have none.
      return error.getStackTrace().length == 0
          ? isMemoryLeft()
          : READS_A_LENGTH.stream().anyMatch(where::endsWith);
    }
    return error instanceof StackOverflowError && where.startsWith(PARSER);
  }

  /** Whether what was asked for was more than was missing: the JVM collects all it can before. */
  private static boolean isMemoryLeft() {
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory() < runtime.maxMemory() / 2;
  }
}
