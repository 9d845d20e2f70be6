package latencyscope.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The objects as they were packed. */
class ObjectIndexTest {
  @Test
  void listsWhatWasCompiled() throws Exception {
    assertEquals(
        List.of("elsewhere", "faults", "refused", "shapes", "switches", "symbols"),
        new ObjectIndex(Fixtures.FOLDER).names());
  }

  @Test
  void everyPackedObjectCanBeRead() throws Exception {
    for (String name : ObjectFile.index()) {
      ObjectFile file = ObjectFile.named(name);
      assertEquals(name, file.name());
      assertFalse(file.programs().isEmpty());
    }
  }

  @Test
  void anUnknownNameListsTheKnownOnes() {
    var e = assertThrows(IllegalArgumentException.class, () -> Fixtures.object("isolatoin"));
    assertEquals(
        "the index has no object isolatoin; there are: elsewhere, faults, refused, shapes, switches, symbols",
        e.getMessage());
  }

  @Test
  void anObjectThatIsNotTheOneThatWasBuiltIsRefused() {
    var e =
        assertThrows(
            MalformedObjectException.class,
            () -> ObjectFile.in("/latencyscope/bpf/exchanged", "shapes"));
    assertEquals(
        "object shapes is not the one that was built: its SHA-256 differs from the index",
        e.problem());
  }

  @Test
  void aMissingOrGarbledIndexIsRefused() {
    var missing = assertThrows(MalformedObjectException.class, () -> new ObjectIndex("/nowhere"));
    assertEquals("the class path has no /nowhere/index", missing.problem());
    var garbled =
        assertThrows(
            MalformedObjectException.class,
            () -> new ObjectIndex("/latencyscope/bpf/exchanged/garbled"));
    assertEquals("the index of BPF objects has a line «shapes many »", garbled.problem());
  }

  /** Compiles the fixtures again in a copy of the tree somewhere else. */
  @Test
  void theSameSourcesGiveTheSameObjectsAnywhere(@TempDir Path elsewhere) throws Exception {
    Path copy = Files.createDirectories(elsewhere.resolve("some/where/else"));
    copyFolder(Path.of("src/test/bpf"), copy.resolve("src/test/bpf"));
    copyFolder(Path.of("src/main/bpf"), copy.resolve("src/main/bpf"));
    Files.copy(Path.of("compile-bpf.sh"), copy.resolve("compile-bpf.sh"));
    Files.copy(Path.of("../.clang-format"), copy.resolve(".clang-format"));

    Path log = elsewhere.resolve("log");
    Process build =
        new ProcessBuilder("sh", copy.resolve("compile-bpf.sh").toString(), "src/test/bpf", "out")
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    assertTrue(build.waitFor(60, TimeUnit.SECONDS), "the compiler hangs");
    assertEquals(0, build.exitValue(), () -> read(log));

    Path here = Path.of("target/test-classes" + Fixtures.FOLDER);
    assertEquals(read(here.resolve("index")), read(copy.resolve("out/index")));
    assertEquals(
        -1, Files.mismatch(here.resolve("switches.bpf.o"), copy.resolve("out/switches.bpf.o")));
  }

  private static void copyFolder(Path from, Path to) throws Exception {
    Files.createDirectories(to);
    if (Files.isDirectory(from)) {
      try (var files = Files.list(from)) {
        for (Path file : files.toList()) {
          Files.copy(file, to.resolve(file.getFileName()));
        }
      }
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
