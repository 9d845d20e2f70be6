package latencyscope.recording.chunk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.List;
import latencyscope.jfr.capture.Capture;
import latencyscope.jfr.capture.RecordsLost;
import latencyscope.recording.Recording;
import latencyscope.recording.fact.Loss;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is there twice is counted once, and captures of several targets are named. */
class RepeatedChunksTest {
  @TempDir Path directory;

  private static void commit(long pid, String command) {
    Capture capture = new Capture();
    capture.targetPid = pid;
    capture.targetCommand = command;
    capture.commit();
    RecordsLost lost = new RecordsLost();
    lost.module = "isolation";
    lost.type = "RunQueueWait";
    lost.reason = "test";
    lost.count = 7;
    lost.commit();
  }

  private Path dump(jdk.jfr.Recording recording, String name) throws Exception {
    Path file = directory.resolve(name);
    recording.dump(file);
    return file;
  }

  private Path captured(String name, long pid, String command) throws Exception {
    try (jdk.jfr.Recording recording = new jdk.jfr.Recording()) {
      recording.start();
      commit(pid, command);
      recording.stop();
      return dump(recording, name);
    }
  }

  private static Recording read(Path... files) throws RecordingException {
    return Recording.read(List.of(files), event -> {});
  }

  private static long lost(Recording recording) {
    return recording.losses().stream().mapToLong(Loss::count).sum();
  }

  private Path joined(Path... files) throws Exception {
    Path joined = directory.resolve("joined.jfr");
    Files.deleteIfExists(joined);
    for (Path file : files) {
      Files.write(
          joined, Files.readAllBytes(file), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
    return joined;
  }

  private static void assertNoted(Collection<String> notes, String part) {
    assertTrue(notes.stream().anyMatch(note -> note.contains(part)), notes::toString);
  }

  @Test
  void aFileThatIsGivenTwiceIsCountedOnce() throws Exception {
    Path file = captured("m.jfr", 1, "engine");
    Recording once = read(file);
    Recording twice = read(file, file);
    assertEquals(7, lost(once));
    assertEquals(List.of(), List.copyOf(once.notes()));
    assertEquals(7, lost(twice));
    assertEquals(once.capture(), twice.capture());
    assertNoted(twice.notes(), "m.jfr repeats 1 chunk that is there already");
  }

  @Test
  void aChunkThatIsTwiceInAFileIsCountedOnce() throws Exception {
    Path file = captured("m.jfr", 1, "engine");
    Recording twice = read(joined(file, file));
    assertEquals(7, lost(twice));
    assertNoted(twice.notes(), "joined.jfr repeats 1 chunk");
  }

  @Test
  void dumpsOfOneRecordingOverlap() throws Exception {
    try (jdk.jfr.Recording recording = new jdk.jfr.Recording()) {
      recording.start();
      commit(1, "engine");
      Path first = dump(recording, "first.jfr");
      commit(1, "engine");
      Path second = dump(recording, "second.jfr");
      assertEquals(14, lost(read(first, second)));
      assertEquals(14, lost(read(second, first)));
    }
  }

  /** Copied while its JVM was writing it, and again when it was finished. */
  @Test
  void ofTwoCopiesTheLongerIsRead() throws Exception {
    Path whole = captured("whole.jfr", 1, "engine");
    ChunkHeader header = ChunkIndex.of(whole).chunks().get(0).header();
    ChunkHeader shorter =
        new ChunkHeader(
            header.major(),
            header.minor(),
            header.size() - 1,
            header.constants(),
            header.metadata(),
            header.startNanos(),
            header.startTicks(),
            header.ticksPerSecond(),
            1,
            header.compressed());
    RepeatedChunks repeated =
        new RepeatedChunks(
            List.of(whole, whole),
            List.of(
                new ChunkIndex(List.of(new Chunk(0, shorter)), 0, false), ChunkIndex.of(whole)));
    assertTrue(repeated.isLeftOut(0, new Chunk(0, shorter)));
    assertTrue(!repeated.isLeftOut(1, new Chunk(0, header)));
  }

  @Test
  void severalTargetsAreNamed() throws Exception {
    Path one = captured("one.jfr", 11, "engine --a");
    Path other = captured("other.jfr", 12, "engine --b");
    Recording both = read(joined(one, other));
    assertNoted(both.notes(), "2 targets");
    assertNoted(both.notes(), "PID 11 (engine --a), PID 12 (engine --b)");
    assertEquals(List.of(), List.copyOf(read(one).notes()));
  }
}
