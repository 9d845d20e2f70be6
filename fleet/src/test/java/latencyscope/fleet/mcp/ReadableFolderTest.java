package latencyscope.fleet.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No name leads out of the folder. */
class ReadableFolderTest {
  @TempDir private Path directory;
  private Path root;
  private ReadableFolder folder;

  @BeforeEach
  void folder() throws Exception {
    root = Files.createDirectories(directory.resolve("root"));
    Files.writeString(root.resolve("run.jfr"), "");
    Files.writeString(directory.resolve("secret.jfr"), "");
    Files.createDirectories(directory.resolve("root-2"));
    Files.createDirectories(root.resolve("tables/day=2026-12-01/host=a/capture=1"));
    folder = new ReadableFolder(root);
  }

  private String refusal(String name) {
    return assertThrows(ToolException.class, () -> folder.file(name)).getMessage();
  }

  @Test
  void namesAreRelativeAndStayInside() throws Exception {
    assertEquals(root.toRealPath().resolve("run.jfr"), folder.file("run.jfr"));
    assertEquals(root.toRealPath().resolve("run.jfr"), folder.file("tables/../run.jfr"));
    Files.createSymbolicLink(root.resolve("inner.jfr"), Path.of("run.jfr"));
    assertEquals(root.toRealPath().resolve("run.jfr"), folder.file("inner.jfr"));
  }

  @Test
  void whatLiesOutsideIsRefused() throws Exception {
    Files.createSymbolicLink(root.resolve("link.jfr"), directory.resolve("secret.jfr"));
    Files.createSymbolicLink(root.resolve("up"), directory);
    for (String name :
        new String[] {
          "../secret.jfr", "link.jfr", "up/secret.jfr", "/etc/passwd", "../no", "../root-2"
        }) {
      assertTrue(refusal(name).contains("outside"), name);
    }
    assertTrue(refusal("a\0b").contains("does not exist"));
    assertTrue(refusal("tables").contains("is no file"));
  }

  @Test
  void tablesWithLinksAreRefused() throws Exception {
    assertEquals(root.toRealPath().resolve("tables"), folder.tables("tables"));
    Files.createSymbolicLink(root.resolve("tables/x.parquet"), directory.resolve("secret.jfr"));
    ToolException refused = assertThrows(ToolException.class, () -> folder.tables("tables"));
    assertTrue(refused.getMessage().contains("x.parquet is a symbolic link"));
  }

  @Test
  void aListIsBounded() throws Exception {
    assertEquals("tables: tables\nrun.jfr, 0.0 MB\n", folder.list("."));
    for (int i : IntStream.range(0, 300).toArray()) {
      Files.writeString(root.resolve(i + ".jfr"), "");
    }
    String list = folder.list(".");
    assertEquals(201, list.lines().count());
    assertTrue(list.endsWith("… and 102 more; name a folder\n"), list);
  }
}
