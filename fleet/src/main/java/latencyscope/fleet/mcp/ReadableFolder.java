package latencyscope.fleet.mcp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import latencyscope.fleet.duckdb.TableFolder;

/**
 * The folder that may be read: names are relative to it, and what they lead to lies in it, whatever
 * links there are.
 */
final class ReadableFolder {
  private static final int MOST_DEPTH = 8;
  private static final int MOST_ENTRIES = 200;
  private static final String RECORDING = ".jfr";
  private static final String DAY = "day=";

  private final Path root;

  /**
   * @param folder the folder
   * @throws IOException if it cannot be read
   */
  ReadableFolder(Path folder) throws IOException {
    root = folder.toRealPath();
    try (Stream<Path> any = Files.list(root)) {
      any.findFirst();
    }
  }

  /** A file in it. */
  Path file(String name) throws ToolException {
    Path path = inside(name);
    if (!Files.isRegularFile(path)) {
      throw new ToolException(name + " is no file; the tool recordings lists what there is");
    }
    return path;
  }

  /** A folder of tables in it; without a name, itself. */
  Path tables(String name) throws ToolException {
    Path path = inside(name);
    try {
      if (!new TableFolder(path).hasCaptures()) {
        throw new ToolException(
            name + " holds no tables; the tool recordings lists the folders that do");
      }
      refuseLinks(path);
      return path;
    } catch (IOException e) {
      throw unreadable(name, e);
    }
  }

  private Path inside(String name) throws ToolException {
    try {
      Path path = root.resolve(name).normalize();
      // Not even whether something is there is said of what lies outside.
      Path real = path.startsWith(root) ? path.toRealPath() : path;
      if (!real.startsWith(root)) {
        throw new ToolException(name + " lies outside the folder; give a path inside it");
      }
      return real;
    } catch (IOException | InvalidPathException e) {
      throw new ToolException(
          name + " does not exist; give a path relative to the folder, such as run.jfr", e);
    }
  }

  // A query names files itself, and the database follows links.
  private void refuseLinks(Path tables) throws IOException, ToolException {
    try (Stream<Path> all = Files.walk(tables)) {
      Path link = all.filter(Files::isSymbolicLink).findFirst().orElse(null);
      if (link != null) {
        throw new ToolException(
            root.relativize(link) + " is a symbolic link; tables with links are not read");
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static ToolException unreadable(String name, IOException e) {
    return new ToolException(name + " cannot be read: " + e.getMessage(), e);
  }

  /** What there is to read: folders of tables, and recordings with their sizes. */
  String list(String name) throws ToolException {
    Set<String> tables = new TreeSet<>();
    Set<String> recordings = new TreeSet<>();
    try {
      Files.walkFileTree(inside(name), Set.of(), MOST_DEPTH, new Visitor(tables, recordings));
    } catch (IOException e) {
      throw unreadable(name, e);
    }
    List<String> lines = new ArrayList<>(tables);
    lines.addAll(recordings);
    if (lines.isEmpty()) {
      return "No recordings (*.jfr) and no tables.\n";
    }
    int more = lines.size() - MOST_ENTRIES;
    String text = String.join("\n", lines.subList(0, Math.min(lines.size(), MOST_ENTRIES))) + "\n";
    return more > 0 ? text + "… and " + more + " more; name a folder\n" : text;
  }

  private String shown(Path path) {
    String relative = root.relativize(path).toString();
    return relative.isEmpty() ? "." : relative;
  }

  /** Follows no links, and looks into no tables. */
  private final class Visitor extends SimpleFileVisitor<Path> {
    private final Set<String> tables;
    private final Set<String> recordings;

    Visitor(Set<String> tables, Set<String> recordings) {
      this.tables = tables;
      this.recordings = recordings;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
      if (path.getFileName().toString().startsWith(DAY)) {
        tables.add("tables: " + shown(path.getParent()));
        return FileVisitResult.SKIP_SUBTREE;
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
      if (attributes.isRegularFile() && path.getFileName().toString().endsWith(RECORDING)) {
        recordings.add(
            String.format(Locale.ROOT, "%s, %.1f MB", shown(path), attributes.size() / 1e6));
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path path, IOException e) {
      return FileVisitResult.CONTINUE;
    }
  }
}
