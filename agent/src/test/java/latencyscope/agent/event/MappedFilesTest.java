package latencyscope.agent.event;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import latencyscope.proc.MemoryMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappedFilesTest {
  private static final long DEVICE = MemoryMap.device(8, 1);
  private static final int FILES = 3_000;
  private static final long LONGER_NS = 1_000_000_000;

  @TempDir private Path process;
  private final AtomicLong now = new AtomicLong(1);
  private MappedFiles files;

  @BeforeEach
  void living() throws IOException {
    Files.writeString(process.resolve("stat"), "7 (engine) S 1 7 7 0 -1\n");
    Files.createDirectory(process.resolve("fd"));
    files = new MappedFiles(process, now::get);
  }

  /** Fails on the version before: it read the map once for each file, 5 s for 700 files. */
  @Test
  void allFilesOfOneBurstAreOneLook() throws IOException {
    mapped(1, FILES);
    assertEquals("/data/1", files.path(1, DEVICE));
    // A second reading would find no file.
    mapped(0, 0);
    for (int i = 2; i <= FILES; i++) {
      assertEquals("/data/" + i, files.path(i, DEVICE));
    }
  }

  @Test
  void newFileIsFoundByTheNextLook() throws IOException {
    mapped(1, 1);
    assertEquals("/data/1", files.path(1, DEVICE));
    mapped(1, 2);
    assertEquals("inode 2 on device 8:1", files.path(2, DEVICE));
    now.addAndGet(LONGER_NS);
    assertEquals("/data/2", files.path(2, DEVICE));
  }

  /** A number that a new file got is not taken for the file that had it. */
  @Test
  void whatWasReadLongAgoIsReadAgain() throws IOException {
    mapped(1, 2);
    assertEquals("/data/1", files.path(1, DEVICE));
    Files.writeString(process.resolve("maps"), line(2, "/data/new"));
    now.addAndGet(LONGER_NS);
    assertEquals("/data/new", files.path(2, DEVICE));
  }

  private void mapped(int first, int last) throws IOException {
    Files.writeString(
        process.resolve("maps"),
        IntStream.rangeClosed(first, last)
            .mapToObj(i -> line(i, "/data/" + i))
            .collect(Collectors.joining()));
  }

  private static String line(int inode, String path) {
    return String.format(
        "%08x-%08x r--s 00000000 08:01 %d %s\n", inode << 12, inode + 1 << 12, inode, path);
  }
}
