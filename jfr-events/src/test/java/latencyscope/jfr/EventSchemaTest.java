package latencyscope.jfr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Recording;
import jdk.jfr.Threshold;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import jdk.jfr.internal.RemoveFields;
import latencyscope.jfr.isolation.ContextSwitch;
import latencyscope.jfr.isolation.Migration;
import latencyscope.jfr.isolation.RunQueueWait;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every event of the schema, present and to come. */
class EventSchemaTest {
  static List<Class<? extends Event>> events() throws Exception {
    Path classes =
        Path.of(KernelEvent.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (Stream<Path> files = Files.walk(classes.resolve("latencyscope/jfr"))) {
      return files
          .map(file -> classes.relativize(file).toString())
          .filter(name -> name.endsWith(".class") && !name.endsWith("package-info.class"))
          .map(name -> name.substring(0, name.length() - ".class".length()).replace('/', '.'))
          .<Class<?>>map(EventSchemaTest::load)
          .filter(type -> Event.class.isAssignableFrom(type))
          .filter(type -> !Modifier.isAbstract(type.getModifiers()))
          .<Class<? extends Event>>map(type -> type.asSubclass(Event.class))
          .toList();
    }
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  static List<Class<? extends Event>> kernelEvents() throws Exception {
    return events().stream().filter(KernelEvent.class::isAssignableFrom).toList();
  }

  @Test
  void theContractsFirstModuleIsThere() throws Exception {
    assertTrue(
        events().containsAll(List.of(RunQueueWait.class, ContextSwitch.class, Migration.class)));
  }

  @ParameterizedTest
  @MethodSource("events")
  void explainsItself(Class<? extends Event> type) {
    assertEquals("latencyscope." + type.getSimpleName(), type.getAnnotation(Name.class).value());
    assertNotNull(type.getAnnotation(Label.class));
    assertNotNull(type.getAnnotation(Description.class));
    String[] category = type.getAnnotation(Category.class).value();
    assertEquals(2, category.length);
    assertEquals("LatencyScope", category[0]);
    for (Field field : type.getFields()) {
      if (!Modifier.isStatic(field.getModifiers())) {
        assertNotNull(field.getAnnotation(Label.class), field::toString);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kernelEvents")
  void leavesItsThreadToItsOwnField(Class<? extends Event> type) {
    List<String> removed = Arrays.asList(type.getAnnotation(RemoveFields.class).value());
    assertTrue(removed.containsAll(List.of("eventThread", "stackTrace")));
    // One with a duration has a threshold, which is what limits how many there are.
    assertEquals(!removed.contains("duration"), type.isAnnotationPresent(Threshold.class));
  }

  @ParameterizedTest
  @MethodSource("kernelEvents")
  void isOnTheThreadThatItNamesWithoutAStackTrace(Class<? extends Event> type, @TempDir Path folder)
      throws Exception {
    Path file = folder.resolve("r.jfr");
    Thread victim = new Thread(() -> {}, "victim");
    try (Recording recording = new Recording()) {
      recording.enable(type).withoutThreshold();
      recording.start();
      victim.start();
      victim.join();
      KernelEvent event = (KernelEvent) type.getDeclaredConstructor().newInstance();
      event.laneThread = victim;
      event.kernelStart = 1;
      event.commit();
      recording.stop();
      recording.dump(file);
    }
    RecordedEvent event = only(file);
    assertEquals("victim", event.getThread().getJavaName());
    assertEquals(null, event.getStackTrace());
    assertEquals(
        1,
        event.getEventType().getFields().stream()
            .filter(field -> field.getName().equals("eventThread"))
            .count());
  }

  private static RecordedEvent only(Path file) throws IOException {
    List<RecordedEvent> events =
        RecordingFile.readAllEvents(file).stream()
            .filter(event -> event.getEventType().getName().startsWith("latencyscope."))
            .toList();
    assertEquals(1, events.size());
    return events.get(0);
  }
}
