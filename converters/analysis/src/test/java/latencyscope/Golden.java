package latencyscope;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Compares output with a file that is known to be right. On a mismatch the output is saved under
 * {@code target/golden}: if it is right, copy it over, or run the test once more with {@code
 * -Dgolden.rewrite=true}, which puts the output in the file's place; then look at {@code git diff}.
 */
public final class Golden {
  private static final Path FILES = Path.of("src", "test", "resources", "golden");

  private Golden() {}

  /** Fails if the output is not what the resource of this name holds. */
  public static void check(String name, String actual) throws IOException {
    if (Boolean.getBoolean("golden.rewrite")) {
      Files.writeString(FILES.resolve(name), actual);
      return;
    }
    String expected = null;
    try (InputStream in = Golden.class.getResourceAsStream("/golden/" + name)) {
      if (in != null) {
        expected = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      }
    }
    if (!actual.equals(expected)) {
      Path saved = Path.of("target", "golden", name);
      Files.createDirectories(saved.getParent());
      Files.writeString(saved, actual);
      assertEquals(expected, actual, "saved the actual output as " + saved.toAbsolutePath());
    }
  }
}
