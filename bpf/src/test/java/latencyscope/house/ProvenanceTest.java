package latencyscope.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import latencyscope.bpf.error.KernelChange;
import latencyscope.bpf.error.KernelVersion;
import org.junit.jupiter.api.Test;

/** What differs from kernel to kernel stands in one place, and names its commit. */
class ProvenanceTest {
  private static final Set<String> PLACES = Set.of("KernelChange", "KernelVersion");
  private static final List<String> MODULES =
      List.of("agent", "bpf", "proc", "jfr-events", "jmc-plugin");

  private static final Pattern COMMENT =
      Pattern.compile("(?s)/\\*.*?\\*/|//[^\\n]*(?:\\n\\s*//[^\\n]*)*");

  /** A change of Linux; 5.10 is the oldest that is promised, and has no "before". */
  private static final Pattern CHANGE =
      Pattern.compile(
          "(?i)\\b(?:since|before|until|came with|with|of)\\s+(?:Linux\\s+)?"
              + "(?!5\\.10\\b)([4-7]\\.\\d{1,2})(?!\\.?\\d)");

  private static final Pattern COMMIT = Pattern.compile("\\b[0-9a-f]{12}\\b");

  /** Suffix of a program or a structure that is for the kernels before a version. */
  private static final Pattern BEFORE = Pattern.compile("__before_(\\d+)_(\\d+)\\b");

  /** Changes whose commit nobody has found, by file and version. */
  private static final Set<String> NOT_FOUND = Set.of("kernel.h 7.3");

  @Test
  void versionsOfLinuxStandInOnePlace() throws Exception {
    List<String> elsewhere =
        SourceTree.read().sources.stream()
            .filter(source -> !PLACES.contains(source.name()))
            .filter(source -> source.code().contains("new KernelVersion("))
            .map(SourceTree.Source::type)
            .toList();
    assertEquals(List.of(), elsewhere);
  }

  @Test
  void eachChangeNamesItsCommit() {
    for (KernelChange change : KernelChange.values()) {
      assertTrue(change.commit().matches("[0-9a-f]{12}"), change.name());
      assertTrue(change.since().compareTo(KernelVersion.OLDEST) > 0, change + " is in all");
      assertTrue(change.isIn(change.since()));
      assertFalse(change.isIn(KernelVersion.OLDEST));
    }
  }

  @Test
  void programsAndStructuresForOlderKernelsAreOfAChange() throws Exception {
    Set<String> known =
        Arrays.stream(KernelChange.values())
            .map(change -> change.since().major() + "_" + change.since().minor())
            .collect(Collectors.toSet());
    Set<String> named = new TreeSet<>();
    for (Path file : files()) {
      if (!file.toString().endsWith(".java")) {
        BEFORE
            .matcher(Files.readString(file))
            .results()
            .forEach(result -> named.add(result.group(1) + "_" + result.group(2)));
      }
    }
    assertTrue(named.contains("5_17"), "none was found");
    named.removeAll(known);
    assertEquals(Set.of(), named);
  }

  @Test
  void commentsOnChangesNameTheirCommit() throws Exception {
    Set<String> without = new TreeSet<>();
    for (Path file : files()) {
      COMMENT
          .matcher(Files.readString(file))
          .results()
          .map(result -> result.group())
          .flatMap(comment -> unproven(comment).stream())
          .forEach(version -> without.add(file.getFileName() + " " + version));
    }
    assertEquals(new TreeSet<>(NOT_FOUND), without);
  }

  @Test
  void aChangeWithoutItsCommitIsSeen() {
    assertEquals(List.of("6.12"), unproven("/* heeded since\n * Linux 6.12 */"));
    assertEquals(List.of(), unproven("/* since 6.12 (857b158dc5e8) */"));
    assertEquals(List.of(), unproven("// not on Linux 5.10, nor before 5.10.3"));
  }

  /** The versions in a comment that names fewer commits than changes. */
  private static List<String> unproven(String comment) {
    String text = comment.replaceAll("\\n\\s*(?:\\*|//)", " ");
    Set<String> versions = new TreeSet<>();
    CHANGE.matcher(text).results().forEach(result -> versions.add(result.group(1)));
    long commits = COMMIT.matcher(text).results().distinct().count();
    return commits >= versions.size() ? List.of() : List.copyOf(versions);
  }

  private static List<Path> files() throws IOException {
    List<Path> found = new ArrayList<>();
    for (String module : MODULES) {
      try (Stream<Path> files = Files.walk(SourceTree.ROOT.resolve(module).resolve("src/main"))) {
        files.filter(file -> file.toString().matches(".*\\.(java|c|h)")).forEach(found::add);
      }
    }
    assertTrue(found.size() > 200, "the sources were not found");
    return found;
  }
}
