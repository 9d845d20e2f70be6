package latencyscope.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Recording;
import latencyscope.cli.console.Machine;
import latencyscope.jfr.capture.Capture;
import latencyscope.jfr.capture.Counter;
import latencyscope.jfr.capture.ProbeStatus;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Contracts at the command line: exit codes, outputs and mistakes. */
class CheckCommandTest {
  private static final long CAPTURED_MS = 20;

  @TempDir static Path shared;
  @TempDir Path directory;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private Path contract;

  /** A thread that was preempted three times. */
  @BeforeAll
  static void record() throws Exception {
    try (Recording recording = new Recording()) {
      for (String event : new String[] {"Capture", "Counter", "ProbeStatus"}) {
        recording.enable("latencyscope." + event);
      }
      recording.start();
      Capture capture = new Capture();
      capture.begin();
      TimeUnit.MILLISECONDS.sleep(CAPTURED_MS);
      capture.targetPid = 1;
      capture.modules = "isolation";
      capture.targetAlive = true;
      capture.events = "Counter+Histogram+ProbeStatus+RecordsLost+RunQueueWait";
      capture.commit();
      ProbeStatus status = new ProbeStatus();
      status.module = "isolation";
      status.probe = "ls_sched_switch";
      status.state = "attached";
      status.commit();
      Counter counter = new Counter();
      counter.module = "isolation";
      counter.measure = "involuntary_switches";
      counter.thread = "feed";
      counter.osThreadId = 2;
      counter.value = 3;
      counter.commit();
      recording.stop();
      recording.dump(shared.resolve("run.jfr"));
    }
  }

  @BeforeEach
  void name() {
    contract = directory.resolve("latencyscope.yml");
  }

  private int check(String limits, String... options) throws Exception {
    Files.writeString(
        contract,
        "version: 1\nminimum_time: 1ms\nthreads:\n- name: feed\n  limits: {" + limits + "}\n");
    String[] arguments = new String[options.length + 3];
    arguments[0] = "check";
    arguments[1] = contract.toString();
    arguments[2] = shared.resolve("run.jfr").toString();
    System.arraycopy(options, 0, arguments, 3, options.length);
    return run(arguments);
  }

  private int run(String... arguments) {
    return Main.run(Consoles.piped(out, err, StandardCharsets.UTF_8), Machine.LOCAL, arguments);
  }

  @ParameterizedTest
  @CsvSource({
    "preemptions: 3, 0, 0",
    "preemptions: 2, 2, 2",
    "major_faults: 0, 4, 2",
    "'preemptions: 2, major_faults: 0', 2, 2"
  })
  void exitCodeIsTheWorstOutcome(String limits, int code, int strict) throws Exception {
    assertEquals(code, check(limits), this::all);
    assertEquals(strict, check(limits, "--strict"), this::all);
    assertEquals("", err.toString(StandardCharsets.UTF_8));
  }

  private String all() {
    return out.toString(StandardCharsets.UTF_8) + err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void everyOutputIsWritten() throws Exception {
    Path xml = directory.resolve("check.xml");
    Path markdown = directory.resolve("check.md");
    Path json = directory.resolve("check.json");
    check(
        "preemptions: 2, major_faults: 0",
        "--junit-xml",
        xml.toString(),
        "--markdown",
        markdown.toString(),
        "--github",
        "--json",
        "-o",
        json.toString());
    assertTrue(Files.readString(xml).contains("failures=\"1\""), Files.readString(xml));
    assertTrue(Files.readString(markdown).contains("| **violated** | feed |"));
    JsonNode tree = new ObjectMapper().readTree(json.toFile());
    assertEquals("3", tree.at("/clauses/0/measured").asText());
    assertEquals(2, out.toString(StandardCharsets.UTF_8).lines().count(), this::all);
    assertTrue(all().startsWith("::error file="), this::all);
  }

  @Test
  void mistakesEndWithThree() throws Exception {
    assertEquals(3, check("preemptions: often"));
    assertTrue(all().contains("latencyscope.yml:5: threads[0].limits.preemptions: "), this::all);
    check("preemptions: 3");
    assertEquals(3, run("check", contract.toString()));
    assertTrue(all().contains("check needs either --pid PID or a recording FILE"), this::all);
    assertEquals(3, run("check", contract.toString(), "nowhere.jfr"));
    assertEquals(3, run("check", directory.resolve("no.yml").toString(), "run.jfr"));
    assertTrue(all().contains("no.yml does not exist"), this::all);
  }
}
