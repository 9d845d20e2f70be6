package latencyscope.recording.chunk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import jdk.jfr.Name;
import jdk.jfr.consumer.RecordingFile;
import latencyscope.jfr.capture.Capture;
import latencyscope.jfr.capture.ChunkClock;
import latencyscope.jfr.capture.NamespaceThread;
import latencyscope.recording.Recording;
import latencyscope.recording.event.EventConsumer;
import latencyscope.recording.event.JvmEvent;
import latencyscope.recording.event.KernelEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A recording of what was watched beside one of the watcher. */
class JoinedRecordingTest {
  @TempDir Path directory;

  /** The program's own event. */
  @Name("test.Tick")
  static final class Tick extends jdk.jfr.Event {}

  private Path record(String name, Runnable commit) throws Exception {
    Path file = directory.resolve(name);
    try (jdk.jfr.Recording recording = new jdk.jfr.Recording()) {
      recording.start();
      commit.run();
      recording.stop();
      recording.dump(file);
    }
    return file;
  }

  /** A JVM of its own, which knows nothing of LatencyScope. */
  private Path foreign() throws Exception {
    Path file = directory.resolve("foreign.jfr");
    Path said = directory.resolve("said.txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:StartFlightRecording=filename=" + file + ",settings=profile",
                "-cp",
                System.getProperty("java.class.path"),
                Foreign.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    assertEquals(0, process.exitValue(), () -> said.toString());
    return file;
  }

  /** Commits one event on a thread with a name. */
  public static final class Foreign {
    private Foreign() {}

    /** Ends at once. */
    public static void main(String[] arguments) throws InterruptedException {
      Thread thread = new Thread(() -> new Tick().commit(), "strategy");
      thread.start();
      thread.join();
    }
  }

  @Test
  void theJdksReaderTellsTheTypesOfBothApart() throws Exception {
    Path foreign = foreign();
    JoinableChunks.mark(foreign);
    JoinableChunks.mark(foreign);
    Path own = record("own.jfr", () -> new Capture().commit());
    Path joined = directory.resolve("joined.jfr");
    Files.write(joined, Files.readAllBytes(foreign));
    Files.write(joined, Files.readAllBytes(own), StandardOpenOption.APPEND);
    Set<String> types =
        RecordingFile.readAllEvents(joined).stream()
            .map(event -> event.getEventType().getName())
            .collect(Collectors.toSet());
    assertTrue(types.containsAll(Set.of("test.Tick", "latencyscope.Capture")), types::toString);
  }

  @Test
  void idsOfAContainerBecomeThoseOfTheHostAndTimesTheKernels() throws Exception {
    Path foreign = foreign();
    List<long[]> plain = ticks(List.of(foreign, captured()));
    long inside = plain.get(0)[0];
    Path described =
        record(
            "described.jfr",
            () -> {
              NamespaceThread thread = new NamespaceThread();
              thread.namespaceThreadId = inside;
              thread.osThreadId = 99_999;
              thread.commit();
              for (Chunk chunk : chunks(foreign)) {
                ChunkClock clock = new ChunkClock();
                clock.chunkStart = chunk.startNanos();
                clock.offset = 654_321;
                clock.commit();
              }
            });
    List<long[]> moved = ticks(List.of(described, foreign, captured()));
    assertEquals(99_999, moved.get(0)[0]);
    assertEquals(plain.get(0)[1] + 654_321, moved.get(0)[1]);
    assertEquals(plain.size(), moved.size());
  }

  private static List<Chunk> chunks(Path file) {
    try {
      return ChunkIndex.of(file).chunks();
    } catch (RecordingException e) {
      throw new AssertionError(e);
    }
  }

  private Path captured() throws Exception {
    return record("captured.jfr", () -> new Capture().commit());
  }

  /** OS thread id and start of each. */
  private static List<long[]> ticks(List<Path> files) throws RecordingException {
    List<long[]> ticks = new ArrayList<>();
    Recording.read(
        files,
        new EventConsumer() {
          @Override
          public void accept(KernelEvent event) {}

          @Override
          public boolean wants(String type) {
            return type.equals("test.Tick");
          }

          @Override
          public void accept(JvmEvent event) {
            assertEquals("strategy", event.thread().name());
            ticks.add(new long[] {event.thread().osTid(), event.start()});
          }
        });
    return ticks;
  }
}
