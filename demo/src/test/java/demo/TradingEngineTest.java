package demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import demo.feed.Wire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the whole engine, over real sockets, and reads what it prints. */
class TradingEngineTest {
  private static final Set<String> THREADS =
      Set.of(
          "feed",
          "md-receiver",
          "strategy",
          "risk",
          "lock-rival",
          "munmap-storm",
          "gc-caller",
          "sleep-caller",
          "journal-roller",
          "receiver-pauser");

  @TempDir Path directory;

  private record Run(int exitCode, String out, String err) {
    String find(String pattern) {
      Matcher matcher = Pattern.compile(pattern).matcher(out);
      assertTrue(matcher.find(), () -> pattern + " is not in:\n" + out + err);
      return matcher.group(1);
    }

    long number(String pattern) {
      return Long.parseLong(find(pattern).replace(",", ""));
    }

    String checksum() {
      return find("checksum +([0-9a-f]{16})");
    }
  }

  @AfterEach
  void nothingIsLeftBehind() throws IOException {
    Set<String> alive =
        Thread.getAllStackTraces().keySet().stream()
            .map(Thread::getName)
            .filter(THREADS::contains)
            .collect(Collectors.toSet());
    assertEquals(Set.of(), alive);
    try (Stream<Path> files = Files.list(directory)) {
      assertEquals(List.of(), files.filter(file -> !file.toString().endsWith(".jfr")).toList());
    }
  }

  @Test
  void aSecondOfTradingMakesTradesAndReconciles() {
    Run run = run("--seconds", "1");
    assertEquals(0, run.exitCode, run.err);
    assertEquals(20_000, run.number("messages +([0-9,]+) in"));
    assertEquals(0, run.number("gaps +([0-9,]+)"));
    assertTrue(run.number("trades +([0-9,]+)") > 1_000);
    assertEquals("books reconciled", run.find("risk +(.*)"));
    assertEquals(run.number("journal +([0-9,]+) records"), run.number("count +([0-9,]+)"));
    assertTrue(run.out.contains("not resolvable (n="), "20,000 ticks cannot resolve a p99.99");
    assertFalse(run.out.contains("provoked"), run.out);
  }

  @Test
  void theSameSeedMakesTheSameTradesWhateverTheTiming() {
    Run slow = run("--messages", "10000", "--rate", "20000");
    Run fast = run("--messages", "10000", "--rate", "1000000", "--busy-poll", "--sleeps");
    Run other = run("--messages", "10000", "--rate", "200000", "--seed", "43");
    assertEquals(slow.checksum(), fast.checksum());
    assertEquals(slow.find("(?s)(ALFA.*?)\n\n"), fast.find("(?s)(ALFA.*?)\n\n"));
    assertNotEquals(slow.checksum(), other.checksum());
  }

  @Test
  void lostPacketsAreCountedAndChangeTheTrades() {
    Run whole = run("--messages", "12000", "--rate", "20000");
    Run lossy = run("--messages", "12000", "--rate", "20000", "--packet-loss");
    long lost = lossy.number("messages lost: ([0-9,]+)");
    assertTrue(lost > 0);
    assertEquals(12_000, lost + lossy.number("messages +([0-9,]+) in"));
    assertEquals(lost, lossy.number("packet-loss=([0-9]+)"));
    assertEquals(lost, lossy.number("drops of the socket in /proc/net/udp: ([0-9]+)"));
    assertNotEquals(whole.checksum(), lossy.checksum());
    assertTrue(lossy.out.contains("not the seed's"), lossy.out);
  }

  @Test
  void anImpossibleRateIsCutShortByTheTimeLimit() {
    long start = System.nanoTime();
    Run run = run("--seconds", "0.2", "--rate", "10000000");
    assertEquals(0, run.exitCode, run.err);
    assertTrue(run.number("messages +([0-9,]+) in") < 2_000_000);
    assertTrue(run.out.contains("the time limit cut the feed short"), run.out);
    assertTrue(System.nanoTime() - start < 8e9, "hard limit of 2.3 s, rehearsal aside");
  }

  @Test
  void everyDiseaseStrikesOrSaysWhyItCannot() {
    Run run =
        run(
            "--seconds=1",
            "--competitor",
            "--cold-journal",
            "--lock-handoff",
            "--sleeps",
            "--munmap-storm",
            "--gc");
    assertEquals(0, run.exitCode, run.err);
    for (String disease :
        List.of("competitor", "cold-journal", "lock-handoff", "sleeps", "munmap-storm", "gc")) {
      boolean impossible = run.out.contains("  " + disease + " is not possible here: ");
      assertTrue(impossible || run.number("provoked: " + disease + "=([0-9]+)") > 0, run.out);
      assertTrue(impossible || run.out.contains("  " + disease + " stops\n"), run.out);
    }
    assertEquals(0, run.number("gaps +([0-9,]+)"));
  }

  @Test
  void ordersAndFillsAreInTheFlightRecording() throws IOException {
    Path file = directory.resolve("run.jfr");
    Run run;
    try (Recording recording = new Recording()) {
      recording.enable("demo.TickToTrade").withoutThreshold();
      recording.enable("demo.Fill");
      recording.start();
      run = run("--messages", "10000", "--rate", "50000");
      recording.dump(file);
    }
    List<RecordedEvent> events = RecordingFile.readAllEvents(file);
    List<RecordedEvent> orders = named(events, "demo.TickToTrade");
    assertEquals(run.number("count +([0-9,]+)"), orders.size());
    assertTrue(orders.size() > 100);
    for (RecordedEvent order : orders) {
      assertEquals("strategy", order.getThread().getJavaName());
      assertTrue(order.getDuration().toNanos() > 0);
      assertTrue(order.getLong("sequence") > 0 && order.getInt("price") > 0);
    }
    long bought = named(events, "demo.Fill").stream().mapToLong(TradingEngineTest::bought).sum();
    assertEquals(totalBought(run), bought);
  }

  @Test
  void anUnknownOptionIsExitCodeThree() {
    Run run = run("--latency=low");
    assertEquals(3, run.exitCode);
    assertEquals("", run.out);
    assertTrue(run.err.startsWith("Unknown option --latency; known are --seconds"), run.err);
  }

  @Test
  void aPortThatIsTakenIsExitCodeThree() throws IOException {
    try (Wire wire = Wire.open(0)) {
      int port = wire.receiver().socket().getLocalPort();
      Run run = run("--port", String.valueOf(port));
      assertEquals(3, run.exitCode);
      assertTrue(run.err.startsWith("The engine could not run: "), run.err);
    }
  }

  @Test
  void helpIsNotAnError() {
    Run run = run("--help");
    assertEquals(0, run.exitCode);
    assertTrue(run.out.startsWith("A small trading engine"), run.out);
  }

  @Test
  void onlyTwoModulesOfTheJdkAreNeeded() {
    StringWriter out = new StringWriter();
    String classes = Path.of("target", "classes").toString();
    int code =
        ToolProvider.findFirst("jdeps")
            .orElseThrow()
            .run(new PrintWriter(out), new PrintWriter(out), "--print-module-deps", classes);
    assertEquals(0, code, out::toString);
    assertEquals("java.base,jdk.jfr", out.toString().trim());
  }

  private static List<RecordedEvent> named(List<RecordedEvent> events, String name) {
    return events.stream().filter(e -> e.getEventType().getName().equals(name)).toList();
  }

  private static long bought(RecordedEvent fill) {
    return fill.getString("side").equals("BUY") ? fill.getInt("quantity") : 0;
  }

  private static long totalBought(Run run) {
    return Pattern.compile("(?:ALFA|BRAV|CHAR|DELT) +\\S+ +\\S+ +\\S+ +([0-9,]+)")
        .matcher(run.out)
        .results()
        .mapToLong(match -> Long.parseLong(match.group(1).replace(",", "")))
        .sum();
  }

  private Run run(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    String[] all =
        Stream.concat(Stream.of(arguments), Stream.of("--journal", directory.toString()))
            .toArray(String[]::new);
    int code = new TradingEngine(printer(out), printer(err)).run(all);
    return new Run(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private static PrintStream printer(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }
}
