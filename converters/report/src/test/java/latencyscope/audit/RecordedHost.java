package latencyscope.audit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The files of a host that was written by hand: a path and its content to a line. */
public final class RecordedHost {
  private static final Pattern RANGE = Pattern.compile("\\{(\\d+)-(\\d+)}");

  private RecordedHost() {}

  /** Writes a host of {@code hosts/} below a folder. */
  public static void write(String host, Path root) throws IOException {
    String text;
    try (InputStream in = RecordedHost.class.getResourceAsStream("/hosts/" + host + ".txt")) {
      text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    for (String line : text.split("\n")) {
      int equals = line.indexOf(" = ");
      if (!line.startsWith("#") && equals > 0) {
        String content = line.substring(equals + 3);
        file(
            root,
            line.substring(0, equals),
            content.replace("\\n", "\n").replace("\\t", "\t").replace("\\0", "\0"));
      }
    }
  }

  /** Writes one file, or one for each number of a range such as {@code cpu{0-3}}. */
  public static void file(Path root, String path, String content) throws IOException {
    Matcher range = RANGE.matcher(path);
    if (range.find()) {
      int last = Integer.parseInt(range.group(2));
      for (int i = Integer.parseInt(range.group(1)); i <= last; i++) {
        file(root, path.substring(0, range.start()) + i + path.substring(range.end()), content);
      }
      return;
    }
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content + "\n");
  }
}
