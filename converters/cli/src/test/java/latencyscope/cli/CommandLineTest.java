package latencyscope.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import latencyscope.cli.console.Console;
import latencyscope.cli.console.Machine;
import latencyscope.jfr.capture.Capture;
import latencyscope.jfr.capture.Counter;
import latencyscope.jfr.capture.ProbeStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class CommandLineTest {
  @TempDir static Path shared;
  @TempDir Path directory;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private FakeAgent agent;

  @AfterEach
  void stopAgent() {
    if (agent != null) {
      agent.close();
    }
  }

  @BeforeAll
  static void record() throws IOException, InterruptedException {
    for (int involuntary : new int[] {0, 3}) {
      record(shared.resolve("involuntary-" + involuntary + ".jfr"), "", involuntary);
    }
    record(shared.resolve("monitored.jfr"), "0", 3);
    Files.writeString(shared.resolve("rubbish.jfr"), "rubbish");
  }

  /** What rates are of: long enough that two of them do not differ by much. */
  private static final long CAPTURED_MS = 20;

  private static void record(Path file, String cpus, long involuntary)
      throws IOException, InterruptedException {
    try (Recording recording = new Recording()) {
      for (String event : List.of("Capture", "Counter", "ProbeStatus")) {
        recording.enable("latencyscope." + event);
      }
      recording.start();
      Capture capture = new Capture();
      capture.begin();
      TimeUnit.MILLISECONDS.sleep(CAPTURED_MS);
      capture.targetPid = 1;
      capture.cpus = cpus;
      capture.modules = "isolation";
      capture.targetAlive = true;
      capture.events = "Counter+Histogram+ProbeStatus+RecordsLost+RunQueueWait";
      capture.targetCpus = cpus;
      capture.commit();
      ProbeStatus status = new ProbeStatus();
      status.module = "isolation";
      status.probe = "ls_sched_switch";
      status.state = "attached";
      status.commit();
      count("involuntary_switches", involuntary);
      count("involuntary_switches_monitored", cpus.isEmpty() ? 0 : involuntary);
      recording.stop();
      recording.dump(file);
    }
  }

  private static void count(String measure, long value) {
    Counter counter = new Counter();
    counter.module = "isolation";
    counter.measure = measure;
    counter.osThreadId = 2;
    counter.value = value;
    counter.commit();
  }

  private int run(String... arguments) {
    return run(StandardCharsets.UTF_8, Machine.LOCAL, arguments);
  }

  private int run(Charset charset, Machine machine, String... arguments) {
    Console console = Consoles.piped(out, err, charset);
    return Main.run(console, machine, arguments);
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private static String file(String name) {
    return shared.resolve(name).toString();
  }

  /** Wrong input: the arguments, and what the one sentence on it must say. */
  static Stream<Arguments> mistakes() {
    return Stream.of(
        mistake("'7-4' runs backwards; write it as 4-7", "--cpus", "7-4"),
        mistake("'x' is not a CPU", "--cpus", "x"),
        mistake("no CPU 9999 online here; there are 0", "--cpus", "9999"),
        mistake("no process 999999999", "--pid", "999999999"),
        mistake("-5 is not a process id", "--pid", "-5"),
        mistake("'abc' is not a long", "--pid", "abc"),
        mistake("this version does not have 'nonsense', only ", "--module", "nonsense"),
        mistake("no 'nosuch0' here; there are", "--interface", "nosuch0"),
        mistake("'soon' is not a duration", "--duration", "soon"),
        mistake("duration of 0 captures nothing", "-d", "0"),
        mistake("'much' is neither off nor a size such as 64m", "--history", "much"),
        mistake("does not write 'pdf', only text, chrome, json, perfetto, html", "-f", "pdf"),
        mistake("ends in '.pdf', only .txt, .trace.json, .json", "-o", "/tmp/x.pdf"),
        mistake("requires --notional", "-o", "/tmp/x.svg"),
        mistake("requires --notional", "--bps-per-us", "1"),
        mistake("positive number of dollars", "--notional", "-5"),
        mistake("exclude each other", "--json", "-f", "text"),
        mistake("there is no directory /no/such", "-o", "/no/such/report.json"),
        mistake("isolation.p99_runqueue_ns", "--limit", "isolation.p99_runqeue_ns=5"),
        mistake("'much' in 'a=much' is not a number", "--limit", "a=much"),
        mistake("'novalue' is not KEY=VALUE", "--limit", "novalue"),
        mistake("Unknown option: '--nosuch'", "--nosuch"),
        mistake("does not exist", "report", "/no/such.jfr"),
        mistake("is a directory", "report", "/"),
        mistake("Missing required parameter", "report"),
        mistake("'pdf', only text", "report", "x.jfr", "-f", "pdf"),
        mistake("packed in latencyscope.jar only", "demo"),
        mistake("only text has panels", "report", "x.jfr", "-m", "irq", "--json"),
        mistake("does not have 'nonsense', only ", "report", "x.jfr", "-m", "nonsense"),
        mistake("jfr file already", "report", "x.jfr", "-f", "jfr"),
        mistake("requires --pid PID, the JVM", "--attach"),
        mistake("Missing required parameter", "diff", "only-one.jfr"),
        mistake("does not exist", "diff", "/no/such.jfr", "/no/such.json"),
        mistake("is a directory", "diff", "/", "/"),
        mistake("Nor is it a report that latencyscope", "diff", "/etc/hosts", "/etc/hosts"),
        mistake("isolation.p99_runqueue_ns", "diff", "a", "b", "--limit", "isolation.p99_run=+1%"),
        mistake("'much' in 'a=much' is not a number", "diff", "a", "b", "--limit", "a=much%"),
        mistake("Invalid value for positional parameter", "completion", "tcsh"));
  }

  private static Arguments mistake(String expected, String... arguments) {
    return Arguments.of(expected, arguments);
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void aMistakeIsOneSentenceAndExitCode3(String expected, String[] arguments) {
    assertEquals(3, run(arguments), err());
    assertTrue(err().contains(expected), err());
    assertEquals(1, err().lines().count(), err());
    assertEquals("", out());
  }

  @ParameterizedTest
  @CsvSource({"involuntary-0.jfr, 0", "involuntary-3.jfr, 1", "monitored.jfr, 2", "rubbish.jfr, 3"})
  void exitCodeIsTheVerdict(String name, int expected) {
    assertEquals(expected, run("report", file(name)), err());
    assertEquals(expected == 3, out().isEmpty());
    assertEquals(expected == 3, !err().isEmpty());
  }

  @Test
  void limitIsAGate() {
    String limit = "isolation.involuntary_switches=";
    assertEquals(2, run("report", file("involuntary-3.jfr"), "--limit", limit + 2), err());
    assertEquals(1, run("report", file("involuntary-3.jfr"), "--limit", limit + 3), err());
    // Where the module watched and nothing happened, it passes; what nobody measured does not.
    String quiet = file("involuntary-0.jfr");
    assertEquals(0, run("report", quiet, "--limit", "isolation.p99_runqueue_ns=1"), err());
    assertEquals(2, run("report", quiet, "--limit", "memory.major_fault_count=1e9"), err());
  }

  @Test
  void jsonIsAllThatStandardOutputHolds() throws IOException {
    assertEquals(1, run("report", file("involuntary-3.jfr"), "--json"));
    assertEquals(
        3, new ObjectMapper().readTree(out()).at("/isolation/involuntary_switches").asInt());
    assertEquals("", err());
  }

  @Test
  void outputIsWrittenWholeAndForItsOwnerOnly() throws IOException {
    Path json = directory.resolve("r.json");
    Files.writeString(json, "older content that is longer than nothing");
    assertEquals(1, run("report", file("involuntary-3.jfr"), "-o", json.toString()), err());
    assertEquals("", out());
    assertEquals(1, new ObjectMapper().readTree(json.toFile()).get("schema_version").asInt());
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(json)));
    try (Stream<Path> files = Files.list(directory)) {
      assertEquals(List.of(json), files.toList());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "r.pftrace, ''",
    "r.trace.json, {\"displayTimeUnit\"",
    "r.html, <!doctype html>",
    "r.hlog, #[Logged with LatencyScope",
    "r.svg, <svg ",
    "monday-offcpu.svg, <svg ",
    "faults.svg, <svg ",
    "r.txt, LatencyScope v"
  })
  void theEndingDecides(String name, String begin) throws IOException {
    Path file = directory.resolve(name);
    String recording = file("monitored.jfr");
    assertEquals(2, run("report", recording, "--notional", "1e6", "-o", file.toString()), err());
    String content = Files.readString(file, StandardCharsets.ISO_8859_1);
    // A trace in protobuf begins with the tag of its first packet.
    assertTrue(content.startsWith(begin.isEmpty() ? "\n" : begin), content);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
  }

  @Test
  void aTraceIsChromesWhereTheFileIsJson() throws IOException {
    Path file = directory.resolve("trace.json");
    run("report", file("monitored.jfr"), "--format", "perfetto", "-o", file.toString());
    assertTrue(new ObjectMapper().readTree(file.toFile()).has("traceEvents"));
  }

  @Test
  void failureLeavesTheOlderOutput() throws IOException {
    Path json = directory.resolve("r.json");
    Files.writeString(json, "older");
    assertEquals(3, run("report", file("rubbish.jfr"), "-o", json.toString()));
    assertEquals("older", Files.readString(json));
  }

  /** Fails on the version before: its help named an option that it did not know. */
  @Test
  void panelsOfTheModulesThatWereAskedFor() {
    String title = "Involuntary context switches on monitored CPUs";
    String screen = monitored();
    String all = monitored("--details");
    assertTrue(all.contains(title), all);
    assertEquals(all, monitored("-m", "all"));
    String switches = monitored("-m", "isolation,irq");
    assertTrue(switches.startsWith(screen) && switches.contains(title), switches);
    String interrupts = monitored("-m", "irq");
    assertTrue(interrupts.startsWith(screen) && !interrupts.contains(title), interrupts);
  }

  private String monitored(String... options) {
    out.reset();
    String[] arguments =
        Stream.concat(Stream.of("report", file("monitored.jfr")), Stream.of(options))
            .toArray(String[]::new);
    assertEquals(2, run(arguments), err());
    return out();
  }

  @Test
  void asciiForAnAsciiReader() {
    run(StandardCharsets.US_ASCII, Machine.LOCAL, "report", file("monitored.jfr"), "--details");
    assertTrue(out().contains("+------"), out());
    assertFalse(out().contains("?"), out());
  }

  @Test
  void helpAndVersion() {
    assertEquals(0, run("--help"));
    assertTrue(out().contains("--duration") && out().contains("profiles"), out());
    assertEquals(0, run("--version"));
    assertTrue(out().matches("(?s).*LatencyScope \\d+\\.\\d+\\.\\d+.*"), out());
  }

  /** Whoever reads it has 80 columns. */
  @ParameterizedTest
  @CsvSource({"''", "report", "explain", "diff", "doctor", "profiles", "demo", "completion"})
  void helpTeachesWhatToDoFirst(String command) {
    assertEquals(0, command.isEmpty() ? run("--help") : run(command, "--help"), err());
    assertTrue(out().lines().allMatch(line -> line.length() <= 80), out());
    assertTrue(out().contains("Exit codes:"), out());
    assertTrue(out().matches("(?s).*(First|Examples).*latencyscope .*"), out());
    assertEquals("", err());
  }

  @ParameterizedTest
  @CsvSource({"completion", "generate-completion"})
  void bashCompletes(String command) throws Exception {
    assertEquals(0, run(command), err());
    String script =
        out()
            + "COMP_WORDS=(latencyscope --module i); COMP_CWORD=2; _complete_latencyscope\n"
            + "echo ${COMPREPLY[@]}\n"
            + "COMP_WORDS=(latencyscope d); COMP_CWORD=1; _complete_latencyscope\n"
            + "echo ${COMPREPLY[@]}\n";
    Path file = directory.resolve("completion.bash");
    Files.writeString(file, script);
    Process bash =
        new ProcessBuilder("bash", file.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(bash.waitFor(30, TimeUnit.SECONDS));
    assertEquals("irq isolation\ndemo diff doctor\n", said);
  }

  @Test
  void whatGotWorseIsTheExitCodeOfDiff() throws IOException {
    Path json = directory.resolve("good.json");
    assertEquals(0, run("report", file("involuntary-0.jfr"), "-o", json.toString()), err());
    assertEquals(0, run("diff", json.toString(), file("involuntary-0.jfr")), err());
    assertTrue(out().contains("SUMMARY: 0 worse, 0 better | Exit code: 0"), out());
    // Three in a moment, where there was none: too few to be sure.
    assertEquals(0, run("diff", json.toString(), file("involuntary-3.jfr")), err());
    String limit = "isolation.involuntary_switches=2";
    assertEquals(2, run("diff", json.toString(), file("involuntary-3.jfr"), "--limit", limit));
    Path diff = directory.resolve("diff.json");
    run("diff", json.toString(), file("involuntary-3.jfr"), "--json", "-o", diff.toString());
    assertEquals(0, new ObjectMapper().readTree(diff.toFile()).get("worse_count").asInt());
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(diff)));
  }

  @Test
  void doctorNamesWhatIsMissingAndWhatHelps() throws IOException {
    agent = FakeAgent.start(true).refuse("the kernel is too old");
    Files.createDirectories(directory.resolve("proc/sys/kernel"));
    Files.writeString(directory.resolve("proc/sys/kernel/osrelease"), "4.18.0-553.el8\n");
    assertEquals(3, run(StandardCharsets.UTF_8, new Machine(directory), "doctor"));
    assertTrue(out().contains("MISS  Linux >= 5.10"), out());
    assertTrue(out().contains("fix: boot a newer kernel"), out());
    assertTrue(out().contains("CONFIG_DEBUG_INFO_BTF=y"), out());
    assertTrue(out().contains("apt-get install libbpf1"), out());
    assertTrue(out().contains("refused: the kernel is too old"), out());
    assertTrue(out().contains("A capture cannot work here"), out());
  }

  @Test
  @DisabledForJreRange(max = JRE.JAVA_24)
  void captureEndsInTimeAndReports() throws IOException {
    agent = FakeAgent.start(true);
    long startedAt = System.nanoTime();
    int code = run("-d", "300ms", "--json", "-p", "" + ProcessHandle.current().pid());
    long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedAt);
    assertTrue(code <= 1, code + " " + err());
    assertTrue(took >= 300, took + " ms");
    assertEquals("fake", new ObjectMapper().readTree(out()).at("/target/command").asText());
    assertEquals("", err());
  }

  @Test
  @DisabledForJreRange(max = JRE.JAVA_24)
  void captureKeepsTheRecordingIfAsked() {
    Path kept = directory.resolve("kept.jfr");
    agent = FakeAgent.start(true);
    assertTrue(run("-d", "200ms", "-o", kept.toString()) <= 1, err());
    assertEquals("", out());
    assertTrue(run("report", kept.toString()) <= 1, err());
  }

  @Test
  @DisabledForJreRange(max = JRE.JAVA_24)
  void refusedProbesAreSaidWithTheirRemedy() {
    agent = FakeAgent.start(true).refuse("the kernel has no BTF");
    long startedAt = System.nanoTime();
    assertEquals(3, run("-d", "60"));
    assertTrue(System.nanoTime() - startedAt < TimeUnit.SECONDS.toNanos(30));
    assertEquals(
        "latencyscope: nothing could be captured: the kernel has no BTF; sudo latencyscope\n",
        err());
    assertEquals("", out());
  }

  @Test
  @DisabledForJreRange(max = JRE.JAVA_24)
  void targetThatEndsEndsTheCaptureAtOnce() throws Exception {
    Process target = new ProcessBuilder("sleep", "0.4").start();
    agent = FakeAgent.start(false);
    long startedAt = System.nanoTime();
    assertEquals(3, run("-d", "20", "-p", "" + target.pid()));
    assertTrue(System.nanoTime() - startedAt < TimeUnit.SECONDS.toNanos(15));
    target.destroy();
    assertTrue(out().contains("Exit code: 3"), out());
    assertTrue(err().contains("process " + target.pid() + " ended before the capture did"), err());
  }

  @Test
  void withoutAnAgentThereIsASentence() throws Exception {
    // A process of its own: in this one, tests have registered the event types.
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "latencyscope.cli.Main",
                "-d",
                "1")
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(30, TimeUnit.SECONDS));
    assertEquals(3, process.exitValue(), said);
    assertEquals(1, said.lines().count(), said);
    assertTrue(said.contains("no LatencyScope agent") || said.contains("JDK 25"), said);
  }
}
