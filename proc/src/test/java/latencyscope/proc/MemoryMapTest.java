package latencyscope.proc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryMapTest {
  @TempDir Path process;

  private Path write(String bytes) throws IOException {
    Files.write(process.resolve("maps"), bytes.getBytes(StandardCharsets.ISO_8859_1));
    return process;
  }

  @Test
  void aLineIsAMapping() {
    assertEquals(
        new MemoryMap.Mapping(0x7f00, 0x7fff, 0x2000, 0xfe00010L, 2154900, "/tmp/a file (deleted)"),
        MemoryMap.parse("7f00-7fff r--s 00002000 fe:10 2154900    /tmp/a file (deleted)")
            .orElseThrow());
    assertTrue(mapping(0x7f00, 0x7fff).contains(0x7f00));
    assertFalse(mapping(0x7f00, 0x7fff).contains(0x7fff));
    assertEquals(
        "", MemoryMap.parse("25000000-25001000 ---p 00000000 00:00 0 ").orElseThrow().path());
  }

  private static MemoryMap.Mapping mapping(long begin, long end) {
    return new MemoryMap.Mapping(begin, end, 0, 0, 0, "");
  }

  @Test
  void pathsThatAreNoTextAreReadAndOtherLinesToo() throws IOException {
    write(
        "1000-2000 r--s 00000000 fe:10 7    /tmp/b\u00fcch\u00ffer\n"
            + "2000-3000 r--s 00000000 fe:10 8    /tmp/a\rb\n"
            + "no mapping at all\n"
            + "3000-4000 rw-p 00000000 00:00 0    [heap]\n");
    assertEquals(
        List.of("/tmp/b\\xfcch\\xffer", "/tmp/a\rb", "[heap]"),
        MemoryMap.read(process).stream().map(MemoryMap.Mapping::path).toList());
  }

  @Test
  void aLibraryIsFoundUnderAnyFolder() throws IOException {
    Path folder = Files.createDirectory(KernelFile.path(process, "/jdk-\u00ff"));
    Path library = Files.writeString(folder.resolve("libjvm.so"), "here");
    String bytes = process + "/jdk-\u00ff/libjvm.so";
    write("1000-2000 r--s 00000000 fe:10 7    " + bytes + "\n");
    Path found = MemoryMap.file(process, "/libjvm.so").orElseThrow();
    assertEquals("here", Files.readString(found));
    assertEquals(library, found);
  }
}
