package latencyscope.house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The Java sources of all modules, and which of them use which. */
final class SourceTree {
  static final Path ROOT = Path.of("").toAbsolutePath().getParent();

  private static final Pattern PACKAGE = Pattern.compile("(?m)^package ([\\w.]+);");
  private static final Pattern NOT_CODE =
      Pattern.compile(
          "(?s)/\\*.*?\\*/|//[^\\n]*+|\"\"\".*?\"\"\""
              + "|\"(?:[^\"\\\\\\n]++|\\\\.)*+\"|'(?:\\\\.|[^'\\\\])[^']*+'");
  private static final Pattern QUALIFIED =
      Pattern.compile("\\b((?:latencyscope|demo)(?:\\.[a-z]\\w*)*)\\.([A-Z]\\w*)");

  /**
   * A source file.
   *
   * @param module folder of the Maven module
   * @param set main or test
   * @param code text without comments and literals
   */
  record Source(String module, String set, String packageName, String name, String code) {
    String type() {
      return packageName + "." + name;
    }
  }

  final List<Source> sources;
  private final Map<String, Source> mainByType = new HashMap<>();

  private SourceTree(List<Source> sources) {
    this.sources = sources;
    for (Source source : sources) {
      if (source.set.equals("main")) {
        mainByType.put(source.type(), source);
      }
    }
  }

  static SourceTree read() throws IOException {
    List<Source> sources = new ArrayList<>();
    for (Path module : modules()) {
      for (String set : List.of("main", "test")) {
        Path folder = module.resolve("src/" + set + "/java");
        if (Files.isDirectory(folder)) {
          try (Stream<Path> files = Files.walk(folder)) {
            files
                .filter(file -> file.toString().endsWith(".java"))
                .filter(file -> !file.endsWith("package-info.java"))
                .map(file -> source(module.getFileName().toString(), set, file))
                .forEach(sources::add);
          }
        }
      }
    }
    return new SourceTree(sources);
  }

  // Some are folders of a parent that has no sources.
  private static List<Path> modules() throws IOException {
    try (Stream<Path> folders = Files.walk(ROOT, 2)) {
      return folders.filter(folder -> Files.exists(folder.resolve("pom.xml"))).sorted().toList();
    }
  }

  private static Source source(String module, String set, Path file) {
    try {
      String code = NOT_CODE.matcher(Files.readString(file)).replaceAll("");
      Matcher name = PACKAGE.matcher(code);
      String inPackage = name.find() ? name.group(1) : "";
      String type = file.getFileName().toString().replace(".java", "");
      return new Source(module, set, inPackage, type, code);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Which groups of main sources use which others, by imports and qualified names. */
  Map<String, Set<String>> uses(Function<Source, String> group) {
    Map<String, Set<String>> uses = new TreeMap<>();
    for (Source source : mainByType.values()) {
      Set<String> used = uses.computeIfAbsent(group.apply(source), _ -> new TreeSet<>());
      Matcher names = QUALIFIED.matcher(source.code);
      while (names.find()) {
        Source target = mainByType.get(names.group(1) + "." + names.group(2));
        if (target != null && !group.apply(target).equals(group.apply(source))) {
          used.add(group.apply(target));
        }
      }
    }
    return uses;
  }
}
