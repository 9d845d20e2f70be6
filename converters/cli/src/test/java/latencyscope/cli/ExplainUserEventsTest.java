package latencyscope.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.lang.annotation.Annotation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import jdk.jfr.AnnotationElement;
import jdk.jfr.Event;
import jdk.jfr.EventFactory;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Recording;
import jdk.jfr.ValueDescriptor;
import latencyscope.cli.console.Machine;
import latencyscope.jfr.capture.Capture;
import latencyscope.jfr.capture.ProbeStatus;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events as profilers and engines have them, recorded by this JVM. */
class ExplainUserEventsTest {
  @TempDir static Path directory;

  private static Path file;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  /** An instant. */
  @Name("test.Tick")
  @Label("Tick")
  static final class Tick extends Event {
    int number;
  }

  @BeforeAll
  static void record() throws Exception {
    file = directory.resolve("user.jfr");
    EventFactory span = contextual("profiler.Span", "tag", String.class);
    EventFactory order = contextual("test.Order", "orderId", long.class);
    try (Recording recording = new Recording()) {
      for (String name : List.of("latencyscope.Capture", "latencyscope.ProbeStatus")) {
        recording.enable(name);
      }
      recording.enable("profiler.Span").withoutThreshold().withoutStackTrace();
      recording.enable("test.Order").withoutThreshold();
      recording.enable("test.Tick").withoutThreshold();
      recording.enable("jdk.ThreadSleep").withThreshold(Duration.ofMillis(1));
      recording.start();
      Capture capture = new Capture();
      capture.begin();
      Event outer = order.newEvent();
      outer.begin();
      outer.set(0, 4711L);
      span(span, "GET /orders/1", 20);
      outer.commit();
      span(span, "GET /health", 5);
      for (int i = 0; i < 3; i++) {
        Tick tick = new Tick();
        tick.number = i;
        tick.commit();
        Thread.sleep(2 + i);
      }
      capture.targetPid = ProcessHandle.current().pid();
      capture.commit();
      ProbeStatus status = new ProbeStatus();
      status.module = "isolation";
      status.probe = "ls_sched_switch";
      status.state = "attached";
      status.commit();
      recording.stop();
      recording.dump(file);
    }
  }

  /** An event type whose field has the annotation of JDK 25, if this JDK has it. */
  private static EventFactory contextual(String name, String field, Class<?> type) {
    EventFactory factory =
        EventFactory.create(
            List.of(new AnnotationElement(Name.class, name)),
            List.of(new ValueDescriptor(type, field, contextual())));
    FlightRecorder.register(factory.newEvent().getClass());
    return factory;
  }

  private static List<AnnotationElement> contextual() {
    try {
      Class<?> annotation = Class.forName("jdk.jfr.Contextual");
      return List.of(new AnnotationElement(annotation.asSubclass(Annotation.class)));
    } catch (ClassNotFoundException e) {
      return List.of();
    }
  }

  private static void span(EventFactory factory, String tag, long millis) throws Exception {
    Event span = factory.newEvent();
    span.begin();
    span.set(0, tag);
    Thread.sleep(millis);
    span.commit();
  }

  private JsonNode explain(String... arguments) throws Exception {
    out.reset();
    String[] all = new String[arguments.length + 3];
    all[0] = "explain";
    all[1] = file.toString();
    all[2] = "--json";
    System.arraycopy(arguments, 0, all, 3, arguments.length);
    assertEquals(0, run(all), () -> err.toString(StandardCharsets.UTF_8));
    return new ObjectMapper().readTree(out.toByteArray());
  }

  private int run(String... arguments) {
    return Main.run(Consoles.piped(out, err, StandardCharsets.UTF_8), Machine.LOCAL, arguments);
  }

  private static boolean hasContextual() {
    return !contextual().isEmpty();
  }

  @Test
  void spansHaveTheirTags() throws Exception {
    JsonNode spans = explain("--event", "profiler.Span");
    assertEquals(2, spans.get("window_count").asInt());
    for (JsonNode span : spans.get("windows")) {
      assertEquals(span.get("label"), span.at("/fields/tag"));
      assertTrue(span.get("label").asText().startsWith("GET /"), span::toPrettyString);
      assertEquals(0, span.get("stack").size(), span::toPrettyString);
    }
  }

  @Test
  void fieldsChooseEvents() throws Exception {
    String event = "--event=Span";
    assertEquals(1, explain(event, "--where", "tag=GET /health").get("window_count").asInt());
    assertEquals(2, explain(event, "--where", "tag=GET*").get("window_count").asInt());
    assertEquals(0, explain(event, "--where", "tag=POST*").get("window_count").asInt());
    assertEquals(0, explain(event, "--where", "price=*").get("window_count").asInt());
    assertEquals(
        1, explain("--event=Order", "--where", "orderId=4711").get("window_count").asInt());
  }

  @Test
  void contextualFieldsOfTheEventAroundItAreNamed() throws Exception {
    JsonNode outside = explain("--event", "Span", "--where", "tag=GET /health").get("windows");
    assertEquals(0, outside.get(0).get("context").size(), outside::toPrettyString);
    JsonNode windows = explain("--event", "Span", "--where", "tag=GET /orders/1").get("windows");
    JsonNode within = windows.get(0).get("context");
    assertEquals(hasContextual() ? 1 : 0, within.size(), windows::toPrettyString);
    if (hasContextual()) {
      assertEquals("test.Order", within.get(0).get("event").asText());
      assertEquals("4711", within.get(0).at("/fields/orderId").asText());
      // What the JVM itself records of the thread belongs to the order as well.
      JsonNode sleeps = explain("--event", "jdk.ThreadSleep", "--top", "9").get("windows");
      List<Integer> contexts = new ArrayList<>();
      sleeps.forEach(sleep -> contexts.add(sleep.get("context").size()));
      assertTrue(contexts.contains(2), sleeps::toPrettyString);
    }
  }

  @Test
  void eventsWithoutDurationAreExplainedFromOneToTheNext() throws Exception {
    JsonNode ticks = explain("--event", "test.Tick");
    assertEquals(2, ticks.get("window_count").asInt());
    List<String> numbers = new ArrayList<>();
    for (JsonNode window : ticks.get("windows")) {
      assertTrue(window.get("duration_ns").asLong() >= 2_000_000, window::toPrettyString);
      assertEquals("Tick to the next", window.get("label").asText());
      numbers.add(window.at("/fields/number").asText());
    }
    assertEquals(Set.of("0", "1"), Set.copyOf(numbers));
    assertTrue(ticks.get("notes").toString().contains("have no duration"), ticks::toPrettyString);
  }

  @Test
  void peopleSeeFieldsContextAndLine() {
    assertEquals(0, run("explain", file.toString(), "--event", "Order"));
    String text = out.toString(StandardCharsets.UTF_8);
    assertTrue(text.contains("Its fields: orderId 4711\n"), text);
    assertTrue(text.contains("Recorded at " + ExplainUserEventsTest.class.getName()), text);
    out.reset();
    assertEquals(0, run("explain", file.toString(), "--event", "Span"));
    text = out.toString(StandardCharsets.UTF_8);
    assertTrue(text.contains("GET /orders/1 on "), text);
    assertEquals(hasContextual(), text.contains("During test.Order: orderId 4711\n"), text);
  }
}
