package latencyscope.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import jdk.jfr.Event;
import jdk.jfr.Name;
import jdk.jfr.Recording;
import latencyscope.cli.console.Console;
import latencyscope.cli.console.Machine;
import latencyscope.jfr.capture.Capture;
import latencyscope.jfr.capture.ProbeStatus;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplainCommandTest {
  private static final int ORDERS = 5;

  @TempDir static Path directory;

  private static Path file;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  /** As an engine may have its own. */
  @Name("test.Order")
  static final class Order extends Event {}

  @BeforeAll
  static void record() throws Exception {
    file = directory.resolve("orders.jfr");
    try (Recording recording = new Recording()) {
      recording.enable("latencyscope.Capture");
      recording.enable("latencyscope.ProbeStatus");
      recording.enable("test.Order").withoutThreshold();
      recording.start();
      Capture capture = new Capture();
      capture.begin();
      for (int i = 0; i < ORDERS; i++) {
        Order order = new Order();
        order.begin();
        Thread.sleep(1 + i);
        order.commit();
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

  private int run(String... arguments) {
    Console console = Consoles.piped(out, err, StandardCharsets.UTF_8);
    return Main.run(console, Machine.LOCAL, arguments);
  }

  private JsonNode json() throws IOException {
    return new ObjectMapper().readTree(out.toByteArray());
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private void assertRefused(String expected, String... arguments) {
    err.reset();
    assertEquals(3, run(arguments), err());
    assertTrue(err().contains(expected), err());
    assertEquals(1, err().lines().count(), err());
    assertEquals(0, out.size());
  }

  @Test
  void mistakesAreOneSentenceAndExitCode3() {
    String name = file.toString();
    assertRefused("no event test.Trade", "explain", name, "--event", "test.Trade");
    assertRefused("those it has are: test.Order", "explain", name, "--event", "test.Trade");
    assertRefused("nothing to explain", "explain", name);
    assertRefused("0 is too small", "explain", name, "--event", "Order", "--top", "0");
    assertRefused("'soon' is not a time such as", "explain", name, "--from", "soon");
    assertRefused("is after --to", "explain", name, "--from", "10:00:01", "--to", "10:00:00");
    assertRefused("does not exist", "explain", "/no/such.jfr", "--event", "x");
    assertRefused("Missing required parameter", "explain", "--event", "x");
  }

  @Test
  void threadAloneIsAskedForAllOfItsTime() throws IOException {
    assertEquals(0, run("explain", file.toString(), "--thread", "no-such-*", "--json"));
    assertEquals(0, json().get("window_count").asInt());
    assertEquals("", err());
  }

  @Test
  void slowestComeFirstAndAddUp() throws IOException {
    assertEquals(0, run("explain", file.toString(), "--event", "Order", "--top", "2", "--json"));
    assertEquals("", err());
    assertEquals("test.Order", json().get("event").asText());
    assertEquals(ORDERS, json().get("window_count").asInt());
    JsonNode windows = json().get("windows");
    assertEquals(2, windows.size());
    long first = windows.get(0).get("duration_ns").asLong();
    assertTrue(first >= ORDERS * 1_000_000L, windows::toString);
    assertTrue(first >= windows.get(1).get("duration_ns").asLong());
    // Nothing of the thread was captured but its own events.
    long unexplained = windows.get(0).get("unexplained_ns").asLong();
    long sum = unexplained;
    for (JsonNode part : windows.get(0).get("parts")) {
      sum += part.get("ns").asLong();
    }
    assertEquals(first, sum);
    assertEquals(Thread.currentThread().getName(), windows.get(0).get("thread").asText());
  }

  @Test
  void threadsAndTimesNarrow() throws IOException {
    String event = "test.Order";
    assertEquals(0, run("explain", file.toString(), "-e", event, "--thread", "no-*", "--json"));
    assertEquals(0, json().get("window_count").asInt());
    out.reset();
    String early = "2001-01-01T00:00:00Z";
    assertEquals(0, run("explain", file.toString(), "-e", event, "--to", early, "--json"));
    assertEquals(0, json().get("window_count").asInt());
    out.reset();
    assertEquals(0, run("explain", file.toString(), "-e", event, "--from", early, "--json"));
    assertEquals(ORDERS, json().get("window_count").asInt());
  }

  @Test
  void textIsForPeople() throws IOException {
    assertEquals(0, run("explain", file.toString(), "--event", "Order"));
    String text = out.toString(StandardCharsets.UTF_8);
    assertTrue(text.startsWith("5 test.Order events\nLength: max "), text);
    assertTrue(text.contains("No. 3\n"), text);
    assertTrue(Files.exists(file));
  }
}
