package latencyscope;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jfr.Event;
import latencyscope.jfr.Schema;
import latencyscope.jfr.schema.EventDescription;
import org.junit.jupiter.api.Test;

/**
 * That no event type or field of ours stands as a string literal where readers are written: a name
 * that is mistyped, or that an event has lost, is then an error of the compiler.
 *
 * <p>{@code KernelEvent} takes typed constants only. A field whose name is a plain word, such as
 * {@code cpu}, is also a key of the JSON report or a field of the JVM's events: of those, literals
 * are looked for where an index of a field is asked for.
 */
class EventNamesTest {
  private static final List<String> READERS =
      List.of(
          "converters/analysis/src/main",
          "converters/report/src/main",
          "converters/cli/src/main",
          "agent/src/main",
          "jmc-plugin/src/main",
          "jmc-plugin/src/build",
          "benchmarks/src/main");

  /** Comments and characters, which are passed over; text blocks; strings. */
  private static final Pattern LITERAL =
      Pattern.compile(
          "//[^\n]*|/\\*.*?\\*/|'(?:[^'\\\\]|\\\\.[^']*)'"
              + "|\"\"\"(.*?)\"\"\"|\"((?:[^\"\\\\\n]|\\\\.)*)\"",
          Pattern.DOTALL);

  private static final Pattern WORD = Pattern.compile("\\w+");
  private static final Pattern LOOK_UP =
      Pattern.compile("(?:indexOf|text|number|flag|has|value)\\((?:values, )?\"(\\w+)\"");

  /** An event's fields as a map: what a timeline shows of a slice. */
  private static final Pattern IN_MAP =
      Pattern.compile("(?:details|fields)(?:\\(\\))?\\s*\\.get\\(\\s*\"(\\w+)\"");

  /** Literals that look like a name of ours and are another's, each with the reason. */
  private static final Map<String, Set<String>> OTHERS =
      Map.of(
          // Fields of a class of Mission Control's parser.
          "ParserThread.java", Set.of("osThreadId"),
          "ThreadLane.java", Set.of("osThreadId", "javaThreadId"),
          // A setting of the event Capture, not a field of it.
          "CaptureSettings.java", Set.of("networkInterface"),
          "CaptureRequest.java", Set.of("#networkInterface"),
          // Mission Control's own column.
          "PageSpec.java", Set.of("(eventType):type"),
          "PageTable.java", Set.of("(eventType):type"));

  /** What the recorder itself writes into every event. */
  private static final Set<String> IMPLICIT =
      Set.of("startTime", "duration", "eventThread", "stackTrace");

  private static final Set<String> TYPES =
      Schema.events().stream().map(Class::getSimpleName).collect(Collectors.toSet());

  /** Names with a capital inside: no sentence has them by chance. */
  private static final Set<String> UNMISTAKABLE =
      Stream.concat(TYPES.stream(), fields().stream())
          .filter(name -> name.substring(1).chars().anyMatch(Character::isUpperCase))
          .filter(name -> !IMPLICIT.contains(name))
          .collect(Collectors.toSet());

  @Test
  void noNameOfOursIsALiteral() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : sources()) {
      literals(Files.readString(file)).stream()
          .filter(EventNamesTest::isOurs)
          .filter(name -> !isAnothers(file, name))
          .forEach(name -> found.add(file.getFileName() + ": " + name));
    }
    assertEquals(List.of(), found);
  }

  @Test
  void noFieldIsLookedUpByALiteral() throws IOException {
    Set<String> fields = fields();
    List<String> found = new ArrayList<>();
    for (Path file : sources()) {
      if (!isOfRecordings(file)) {
        continue;
      }
      for (String line : Files.readAllLines(file)) {
        LOOK_UP
            .matcher(line)
            .results()
            .map(result -> result.group(1))
            .filter(name -> fields.contains(name) && !IMPLICIT.contains(name))
            .filter(name -> !isOfJvm(line))
            .forEach(name -> found.add(file.getFileName() + ": " + line.strip()));
      }
    }
    assertEquals(List.of(), found);
  }

  @Test
  void noFieldIsTakenOutOfAMapByALiteral() throws IOException {
    Set<String> fields = fields();
    List<String> found = new ArrayList<>();
    for (Path file : sources()) {
      IN_MAP
          .matcher(Files.readString(file))
          .results()
          .map(result -> result.group(1))
          .filter(name -> fields.contains(name) && !IMPLICIT.contains(name))
          .forEach(name -> found.add(file.getFileName() + ": " + name));
    }
    assertEquals(List.of(), found);
  }

  // The rest read typed views.
  private static boolean isOfRecordings(Path file) {
    return file.getParent().endsWith("recording") || file.getParent().endsWith("jmc");
  }

  private static boolean isOfJvm(String line) {
    // jdk.VirtualizationInformation; jdk.ThreadStart and jdk.ThreadEnd.
    return line.contains("virtualization = ") || line.contains("return threadOf(");
  }

  @Test
  void theScanFindsWhatItLooksFor() {
    assertTrue(isOurs("RunQueueWait"));
    assertTrue(isOurs("latencyscope.Capture#pid"));
    assertTrue(isOurs("culpritTid"));
    assertTrue(isOurs("the recording has no ProbeStatus event"));
    assertTrue(isOurs("kernelDuration:timespan"));
    assertFalse(isOurs("Capture is complete, migrations are not"));
    assertEquals(
        List.of("x\\\"y", "culpritTid", " a\n\"b\" "),
        literals(
            """
            a "x\\"y" /* "no" */ b "culpritTid" // "no"
            c '"' \""" a
            "b" \"""
            """));
    assertEquals(1, LOOK_UP.matcher("type.text(values, \"cpu\")").results().count());
    assertEquals(1, IN_MAP.matcher("slice.details().get(\"culprit\")").results().count());
  }

  private static List<String> literals(String source) {
    return LITERAL
        .matcher(source)
        .results()
        .map(result -> result.group(2) == null ? result.group(1) : result.group(2))
        .filter(Objects::nonNull)
        .toList();
  }

  private static boolean isAnothers(Path file, String name) {
    return OTHERS.getOrDefault(file.getFileName().toString(), Set.of()).contains(name);
  }

  /** It is a type's name, or has a word in it that can be nothing else than a name. */
  private static boolean isOurs(String literal) {
    String name = literal.replaceFirst("^" + Pattern.quote(EventDescription.PREFIX), "");
    return TYPES.contains(name.replaceFirst("[#.].*", ""))
        || WORD.matcher(literal).results().map(MatchResult::group).anyMatch(UNMISTAKABLE::contains);
  }

  private static Set<String> fields() {
    Set<String> fields = new TreeSet<>();
    for (Class<? extends Event> type : Schema.events()) {
      for (Class<?> of = type; of != Event.class; of = of.getSuperclass()) {
        for (Field field : of.getDeclaredFields()) {
          if (field.isAnnotationPresent(jdk.jfr.Label.class)) {
            fields.add(field.getName());
          }
        }
      }
    }
    return fields;
  }

  private static List<Path> sources() throws IOException {
    List<Path> sources = new ArrayList<>();
    for (String module : READERS) {
      try (Stream<Path> files = Files.walk(Path.of("..", "..", module))) {
        files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
      }
    }
    assertTrue(sources.size() > 300, "the sources were not found");
    return sources;
  }
}
