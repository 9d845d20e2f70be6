package latencyscope.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import latencyscope.recording.Fixture;
import latencyscope.recording.chunk.RecordingException;
import latencyscope.recording.thread.ThreadId;
import org.junit.jupiter.api.Test;

class MergedTraceTest {
  private static final ThreadId SERVER = new ThreadId(4720, "server", 0);
  private static final ThreadId CLIENT = new ThreadId(5720, "client", 0);
  private static final long MONOTONIC = 77_000_000_000L;

  // The second recorder read the wall clock when it was that much ahead.
  private static final long AHEAD = 3_000;

  private static Fixture process(long pid, String host, String boot, long ahead) {
    Fixture fixture =
        new Fixture()
            .add(
                "Capture",
                "startTime",
                Fixture.START + ahead,
                "duration",
                TimeUnit.SECONDS.toNanos(1),
                "targetPid",
                pid,
                "targetCommand",
                "java -jar p" + pid + ".jar",
                "modules",
                "isolation",
                "threads",
                "",
                "cpus",
                "",
                "targetAlive",
                true,
                "events",
                Fixture.EVERY_EVENT,
                "kernel",
                "6.18.1",
                "onlineCpus",
                "0-7")
            .add(
                "ClockSync",
                "ticks",
                1L,
                "recorderTime",
                Fixture.START + ahead,
                "monotonic",
                MONOTONIC,
                "uncertainty",
                80L);
    fact(fixture, "hostname", host);
    fact(fixture, "boot_id", boot);
    return fixture;
  }

  private static void fact(Fixture fixture, String name, String value) {
    fixture.add("HostFact", "name", name, "value", value, "source", "");
  }

  private static Fixture server(String host, String boot) {
    Fixture fixture = process(4711, host, boot, 0);
    fixture.event("Migration", SERVER, 100, 0, 3);
    return absence(fixture, SERVER, 100_000, 300_000, 3, 0, 0, "hardirq");
  }

  private static Fixture client(long pid, ThreadId thread, String host, String boot) {
    Fixture fixture = process(pid, host, boot, AHEAD);
    return absence(fixture, thread, 50_000 + AHEAD, 400_000, 3, 4720, 4711, "task");
  }

  private static Fixture absence(
      Fixture fixture,
      ThreadId who,
      long at,
      long ns,
      int cpu,
      long wakerTid,
      long wakerPid,
      String context) {
    return fixture.event(
        "ContextSwitch",
        who,
        at,
        ns,
        cpu,
        "voluntary",
        true,
        "state",
        "sleeping",
        "next",
        "swapper",
        "nextTid",
        0L,
        "nextPid",
        0L,
        "returnCpu",
        (long) cpu,
        "waited",
        20_000L,
        "wakerContext",
        context,
        "waker",
        "server",
        "wakerTid",
        wakerTid,
        "wakerPid",
        wakerPid);
  }

  private static TextTrace trace(Fixture... fixtures) throws IOException, RecordingException {
    TextTrace out = new TextTrace();
    MergedTrace.write(
        List.of(
            new MergedTrace.Source(fixtures[0].report(), fixtures[0].source(), "a.jfr"),
            new MergedTrace.Source(fixtures[1].report(), fixtures[1].source(), "b.jfr")),
        out);
    return out;
  }

  private static String line(TextTrace trace, String part) {
    return trace.lines.stream()
        .filter(line -> line.contains(part))
        .findFirst()
        .orElseThrow(() -> new AssertionError(part + " in " + String.join("\n", trace.lines)));
  }

  @Test
  void aWakeUpIsAnArrowFromTheOtherProcess() throws Exception {
    TextTrace trace = trace(server("h1", "b1"), client(5711, CLIENT, "h1", "b1"));
    String from = line(trace, "wakes client");
    String to = line(trace, "woken by server");
    // Monotonic: what the second recorder's wall clock was ahead by is gone.
    assertTrue(from.startsWith(MONOTONIC + 50_000 + 380_000 + " "), from);
    assertTrue(from.contains(" server · Wakeups: ") && from.endsWith("flow 1 begin"), from);
    assertTrue(to.startsWith(MONOTONIC + 50_000 + 400_000 + " "), to);
    assertTrue(to.contains(" client · Wakeups: ") && to.endsWith("flow 1 end"), to);
    assertTrue(trace.lines.contains("track PROCESS p4711.jar · a.jfr"), trace.lines::toString);
    assertTrue(trace.lines.contains("track PROCESS p5711.jar · b.jfr"), trace.lines::toString);
  }

  @Test
  void processesOfOneHostShareItsCpus() throws Exception {
    TextTrace trace = trace(server("h1", "b1"), client(5711, CLIENT, "h1", "b1"));
    assertTrue(
        trace.scheduling.contains(MONOTONIC + 430_000 + " cpu3 4720/0 wakes 5720 on cpu3"),
        trace.scheduling::toString);
    // Each switch continues the one before, whichever recording it is from.
    String running = null;
    for (String line : trace.scheduling) {
      String[] words = line.split(" ");
      if (words.length == 5 && words[3].equals("->")) {
        String prev = words[2].replaceAll("/.*", "");
        assertTrue(running == null || running.equals(prev), trace.scheduling::toString);
        running = words[4];
      }
    }
  }

  @Test
  void numbersOfAnotherHostAreOthers() throws Exception {
    TextTrace trace = trace(server("h1", "b1"), client(4711, CLIENT, "h2", "b2"));
    assertEquals(0, trace.lines.stream().filter(line -> line.contains("wakes client")).count());
    int shifted = 5720 + (1 << 23);
    assertTrue(
        trace.scheduling.stream()
            .anyMatch(line -> line.contains(" cpu11 ") && line.contains(" -> " + shifted)),
        trace.scheduling::toString);
    // Only the wall clock ties them, which was ahead.
    String to = line(trace, "server: off CPU");
    assertTrue(to.startsWith(MONOTONIC + 100_000 + " "), to);
    assertTrue(
        trace.lines.stream().anyMatch(line -> line.startsWith(MONOTONIC + 50_000 + AHEAD + " +")),
        trace.lines::toString);
  }

  private static Fixture synced(Fixture fixture, String state, String error) {
    fact(fixture, "wall_clock", state);
    fact(fixture, "wall_clock_maximum_error_ns", error);
    return fixture;
  }

  private static Map<String, Object> clockOfSecond(String state) throws Exception {
    TextTrace trace =
        trace(
            synced(server("h1", "b1"), "synchronized", "1500000"),
            synced(client(5711, CLIENT, "h2", "b2"), state, "2000000"));
    return trace.arguments.get("b.jfr");
  }

  @Test
  void theKernelsErrorOfTheWallClocksIsStated() throws Exception {
    Map<String, Object> known = clockOfSecond("synchronized");
    String clock = known.get("clock").toString();
    assertTrue(clock.contains("at most 3.50 ms as NTP or PTP reports to their kernels"), clock);
    assertEquals(3_500_160L, known.get("error_ns"));
    Map<String, Object> unknown = clockOfSecond("not synchronized");
    clock = unknown.get("clock").toString();
    assertTrue(clock.endsWith("not known: nothing synchronizes one of them"), clock);
    assertNull(unknown.get("error_ns"));
    TextTrace old = trace(server("h1", "b1"), client(5711, CLIENT, "h2", "b2"));
    clock = old.arguments.get("b.jfr").get("clock").toString();
    assertTrue(clock.endsWith("which recordings do not know"), clock);
  }

  @Test
  void aContainersNameIsNotTakenForAnotherHost() throws Exception {
    TextTrace trace = trace(server("container1", "b1"), client(5711, CLIENT, "container2", "b1"));
    assertTrue(line(trace, "wakes client").endsWith("flow 1 begin"));
  }

  @Test
  void eachRecordingSaysWhatTiesItToTheFirst() throws Exception {
    TextTrace trace = trace(server("h1", "b1"), client(5711, CLIENT, "h1", "b1"));
    assertTrue(
        line(trace, "track PROCESS Recordings").contains("Recordings and their clocks"),
        trace.lines::toString);
    String second = line(trace, "b.jfr: b.jfr");
    assertTrue(second.startsWith(MONOTONIC + " +1000000000 "), second);
  }
}
