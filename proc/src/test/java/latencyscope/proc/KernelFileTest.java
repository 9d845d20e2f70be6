package latencyscope.proc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelFileTest {
  @TempDir Path directory;

  private Path written(String name, String bytes) throws IOException {
    return Files.write(directory.resolve(name), bytes.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void aLineEndsWithALineFeedOnly() throws IOException {
    assertEquals(
        List.of("a\rb", "c\u0085d".replace("\u0085", "\\x85")),
        KernelFile.lines(written("lines", "a\rb\nc\u0085d\n")));
    assertEquals(List.of(), KernelFile.lines(written("empty", "")));
  }

  @Test
  void whatIsNotThereIsEmpty() {
    assertEquals(Optional.empty(), KernelFile.find(directory.resolve("none")));
  }

  @Test
  void aNameKeepsItsSpaces() throws IOException {
    written("comm", " a name \n");
    assertEquals(" a name ", KernelFile.comm(directory));
  }

  /** A control group's name is bytes, too, and its files are to be opened. */
  @Test
  void aPathOfAnyBytesCanBeOpened() throws IOException {
    String name = "gr\u00fcppe 50%?#\u00ff";
    Path folder = KernelFile.path(directory, "/" + name);
    Files.createDirectory(folder);
    Files.writeString(KernelFile.path(directory, "/" + name + "/cpu.max"), "max 100000\n");
    assertEquals("max 100000", KernelFile.text(folder.resolve("cpu.max")));
    Path link = Files.createSymbolicLink(directory.resolve("link"), folder);
    assertTrue(KernelFile.link(link).endsWith("gr\\xfcppe 50%?#\\xff"), KernelFile.link(link));
  }

  /** A few stand for themselves in an address, all others must not. */
  @Test
  void aPathMayHoldEveryByteButTwo() throws IOException {
    for (int first = 1; first < 256; first += 50) {
      StringBuilder name = new StringBuilder("n");
      for (int b = first; b < Math.min(first + 50, 256); b++) {
        name.append(b == '/' ? "" : String.valueOf((char) b));
      }
      Path file = KernelFile.path(directory, "/" + name);
      Files.writeString(file, "there\n");
      assertEquals("there", KernelFile.text(file));
      Path link = Files.createSymbolicLink(directory.resolve("link" + first), file);
      assertEquals(
          directory + "/" + KernelText.of(name.toString().getBytes(StandardCharsets.ISO_8859_1)),
          KernelFile.link(link));
    }
  }
}
