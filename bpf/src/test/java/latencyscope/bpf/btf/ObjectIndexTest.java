package latencyscope.bpf.btf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import latencyscope.bpf.error.MalformedObjectException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The objects as they were packed. */
class ObjectIndexTest {
  @Test
  void listsWhatWasCompiled() throws Exception {
    assertEquals(
        List.of("elsewhere", "faults", "overrun", "refused", "shapes", "switches", "symbols"),
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
        "the index has no object isolatoin; there are: elsewhere, faults, overrun, refused, shapes, switches, symbols",
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
    Path copy = copyTree(Files.createDirectories(elsewhere.resolve("some/where/else")));
    compile(copy);
    Path here = Path.of("target/test-classes" + Fixtures.FOLDER);
    assertEquals(read(here.resolve("index")), read(copy.resolve("out/index")));
    assertEquals(
        -1, Files.mismatch(here.resolve("switches.bpf.o"), copy.resolve("out/switches.bpf.o")));
  }

  /** By content and not by time: what git checks out anew is not compiled again. */
  @Test
  void onlyWhatHasChangedIsCompiledAgain(@TempDir Path tree) throws Exception {
    copyTree(tree);
    for (String name : List.of("elsewhere", "faults", "overrun", "refused", "shapes")) {
      Files.delete(tree.resolve("src/test/bpf/" + name + ".bpf.c"));
    }
    compile(tree);
    assertEquals(List.of(), compiledBy(() -> compile(tree), tree));
    Path source = tree.resolve("src/test/bpf/symbols.bpf.c");
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(60)));
    assertEquals(List.of(), compiledBy(() -> compile(tree), tree));

    Files.writeString(source, "/* changed */\n", StandardOpenOption.APPEND);
    assertEquals(List.of("symbols.bpf.o"), compiledBy(() -> compile(tree), tree));
    Path header = tree.resolve("src/test/bpf/kernel_types.h");
    Files.writeString(header, "/* changed */\n", StandardOpenOption.APPEND);
    assertEquals(List.of("switches.bpf.o"), compiledBy(() -> compile(tree), tree));
    Path object = tree.resolve("out/symbols.bpf.o");
    Files.writeString(object, "damaged", StandardOpenOption.APPEND);
    assertEquals(List.of("symbols.bpf.o"), compiledBy(() -> compile(tree), tree));

    Files.delete(source);
    compile(tree);
    assertFalse(Files.exists(object));
    assertEquals(1, Files.readAllLines(tree.resolve("out/index")).size());
  }

  private interface Step {
    void run() throws Exception;
  }

  /** The objects that a step writes. */
  private static List<String> compiledBy(Step step, Path tree) throws Exception {
    FileTime old = FileTime.fromMillis(0);
    for (Path object : objects(tree)) {
      Files.setLastModifiedTime(object, old);
    }
    step.run();
    List<String> written = new ArrayList<>();
    for (Path object : objects(tree)) {
      if (!Files.getLastModifiedTime(object).equals(old)) {
        written.add(object.getFileName().toString());
      }
    }
    return written;
  }

  private static List<Path> objects(Path tree) throws IOException {
    try (var files = Files.list(tree.resolve("out"))) {
      return files.filter(file -> file.toString().endsWith(".bpf.o")).sorted().toList();
    }
  }

  private static Path copyTree(Path to) throws Exception {
    copyFolder(Path.of("src/test/bpf"), to.resolve("src/test/bpf"));
    copyFolder(Path.of("src/main/bpf"), to.resolve("src/main/bpf"));
    Files.copy(Path.of("compile-bpf.sh"), to.resolve("compile-bpf.sh"));
    Files.copy(Path.of("../.clang-format"), to.resolve(".clang-format"));
    return to;
  }

  private static void compile(Path tree) throws Exception {
    Path log = tree.resolve("log");
    Process build =
        new ProcessBuilder("sh", tree.resolve("compile-bpf.sh").toString(), "src/test/bpf", "out")
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    assertTrue(build.waitFor(60, TimeUnit.SECONDS), "the compiler hangs");
    assertEquals(0, build.exitValue(), () -> read(log));
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
