package latencyscope.recording;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Timespan;
import latencyscope.jfr.capture.Capture;
import latencyscope.jfr.capture.Counter;
import latencyscope.jfr.capture.ProbeStatus;
import latencyscope.jfr.isolation.RunQueueWait;
import latencyscope.jfr.schema.EventFields;
import latencyscope.jfr.schema.NumberField;
import latencyscope.proc.CpuSet;
import latencyscope.recording.chunk.RecordingException;
import latencyscope.recording.chunk.RecordingException.Problem;
import latencyscope.recording.event.Distribution;
import latencyscope.recording.event.EventConsumer;
import latencyscope.recording.event.JvmEvent;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.fact.CounterTotals;
import latencyscope.recording.fact.JvmSettings;
import latencyscope.recording.thread.ThreadId;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmc.flightrecorder.JfrLoaderToolkit;

/** Writes recordings with this JVM's own flight recorder and reads them back. */
class LiveRecordingTest {
  private static final int WAITS = 50;

  @TempDir static Path directory;

  private static Path file;
  private static Instant before;
  private static Instant after;
  private static long javaThreadId;

  private static long osTid;

  @BeforeAll
  static void record() throws Exception {
    file = directory.resolve("live.jfr");
    try (jdk.jfr.Recording recording = new jdk.jfr.Recording()) {
      for (String event :
          List.of("RunQueueWait", "Capture", "Histogram", "Counter", "ProbeStatus", "ClockSync")) {
        recording.enable("latencyscope." + event).withoutThreshold();
      }
      recording.enable("jdk.JVMInformation");
      recording.enable("jdk.GCConfiguration");
      recording.enable("jdk.ThreadStart");
      recording.enable("jdk.ThreadEnd");
      recording.enable("jdk.ThreadSleep").withoutThreshold();
      recording.enable("jdk.ActiveSetting");
      recording.enable("jdk.ThreadPark").withThreshold(Duration.ofMillis(20));
      recording.start();
      before = Instant.now();
      runShortLivedThread();
      commitCapture();
      commitHistograms();
      after = Instant.now();
      recording.stop();
      recording.dump(file);
    }
  }

  // Events of the thread are committed by this one, after it has ended: as the drain thread does.
  private static void runShortLivedThread() throws Exception {
    long[] lived = new long[1];
    // An event that began when its thread was long gone would be another thread's.
    Thread worker =
        new Thread(
            () -> {
              osTid = ownTid();
              lived[0] = ticks();
            },
            "short-lived");
    worker.start();
    worker.join();
    Order order = new Order();
    order.begin();
    order.instrument = "EUR\"USD";
    order.price = 1.5;
    order.wait = 250;
    Thread.sleep(1);
    order.commit();
    javaThreadId = worker.getId();
    for (int i = 1; i <= WAITS; i++) {
      RunQueueWait wait = new RunQueueWait();
      wait.kernelStart = lived[0];
      wait.kernelDuration = i * 1_000L;
      wait.osThreadId = osTid;
      wait.thread = "java";
      wait.cpu = 3;
      wait.kind = "preempted";
      wait.culprit = "stress-ng";
      wait.culpritTid = 9002;
      wait.culpritPid = 9001;
      wait.culpritPriority = 120;
      wait.commit();
    }
  }

  /** As an engine may have its own. */
  @Name("test.Order")
  @Label("Order Sent")
  static final class Order extends Event {
    String instrument;
    double price;

    @Timespan(Timespan.MILLISECONDS)
    long wait;
  }

  @Test
  void settingsOfTheJvmAreKnownByBothReaders() throws Exception {
    EventConsumer nothing = event -> {};
    for (Recording read :
        List.of(
            Recording.read(List.of(file), nothing),
            new LoadedRecording(JfrLoaderToolkit.loadEvents(file.toFile())).read(nothing))) {
      JvmSettings settings = read.jvmSettings();
      assertEquals(OptionalLong.of(0), settings.keptFrom("jdk.ThreadSleep"));
      assertEquals(OptionalLong.of(20_000_000), settings.keptFrom("jdk.ThreadPark"));
      assertEquals(OptionalLong.empty(), settings.keptFrom("jdk.JavaMonitorEnter"));
    }
  }

  @Test
  void eventsOfTheJvmComeToThoseThatWantThem() throws RecordingException {
    List<String> seen = new ArrayList<>();
    Thread self = Thread.currentThread(); // the parser has threads of its own
    EventConsumer wanting =
        new EventConsumer() {
          @Override
          public void accept(KernelEvent event) {}

          @Override
          public boolean wants(String type) {
            return type.equals("test.Order") || type.equals("jdk.ThreadSleep");
          }

          @Override
          public void accept(JvmEvent event) {
            seen.add(event.type());
            assertEquals(self.getName(), event.thread().name());
            assertEquals(self.getId(), event.thread().javaId());
            assertTrue(event.hasDuration());
            assertTrue(event.duration() >= 1_000_000, "slept 1 ms: " + event.duration());
            assertBetween(before, event.start(), after);
            if (event.type().equals("test.Order")) {
              assertEquals("Order Sent", event.label());
              assertEquals(
                  Fixture.fields("instrument", "EUR\"USD", "price", 1.5, "wait", 250_000_000L),
                  event.fields());
            } else {
              assertEquals(1_000_000, event.number("time"));
            }
          }
        };
    Recording.read(List.of(file), wanting);
    seen.sort(null);
    assertEquals(List.of("jdk.ThreadSleep", "test.Order"), seen);
  }

  @Test
  void errorOfTheParsersThreadIsNotADamagedFile() {
    EventConsumer broken =
        event -> {
          throw new NoClassDefFoundError("missing");
        };
    Error error =
        assertThrows(NoClassDefFoundError.class, () -> Recording.read(List.of(file), broken));
    assertEquals("missing", error.getMessage());
  }

  private static long ownTid() {
    try {
      return Long.parseLong(Path.of("/proc/thread-self").toRealPath().getFileName().toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // JFR.md: the recorder's clock by public means is the start that begin() sets.
  private static long ticks() {
    RunQueueWait scratch = new RunQueueWait();
    scratch.begin();
    try {
      VarHandle start =
          MethodHandles.privateLookupIn(RunQueueWait.class, MethodHandles.lookup())
              .findVarHandle(RunQueueWait.class, "startTime", long.class);
      return (long) start.get(scratch);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void commitCapture() {
    Capture capture = new Capture();
    capture.begin();
    capture.version = "0.2.0";
    capture.targetPid = ProcessHandle.current().pid();
    capture.modules = "isolation";
    capture.cpus = "3";
    capture.onlineCpus = "0-3";
    capture.targetAlive = true;
    capture.numaNodes = 2;
    capture.commit();
    ProbeStatus status = new ProbeStatus();
    status.module = "isolation";
    status.probe = "ls_sched_switch";
    status.state = "attached";
    status.commit();
  }

  private static void commitHistograms() {
    for (int interval = 0; interval < 3; interval++) {
      Histogram values = new Histogram(3);
      values.recordValueWithCount(1_000, 500);
      latencyscope.jfr.capture.Histogram event = new latencyscope.jfr.capture.Histogram();
      event.begin();
      event.module = "isolation";
      event.measure = "runqueue_wakeup";
      event.thread = "short-lived";
      event.osThreadId = osTid;
      event.javaThreadId = javaThreadId;
      event.count = 500;
      event.total = 500_000;
      event.max = 1_000;
      event.distribution = Fixture.encode(values);
      event.commit();
      Counter counter = new Counter();
      counter.module = "isolation";
      counter.measure = "voluntary_switches";
      counter.thread = "short-lived";
      counter.osThreadId = osTid;
      // As the agent has it: on a busy machine the thread has ended long before this is written.
      counter.javaThreadId = javaThreadId;
      counter.value = 7;
      counter.commit();
    }
    Counter unread = new Counter();
    unread.module = "isolation";
    unread.measure = "run_delay_ns";
    unread.thread = "short-lived";
    unread.osThreadId = osTid;
    unread.javaThreadId = javaThreadId;
    unread.value = 5_000_000_000L;
    unread.commit();
  }

  @Test
  void eventsHaveTheKernelsTimeAndTheThreadsJavaName() throws RecordingException {
    List<Long> durations = new ArrayList<>();
    Recording.read(
        List.of(file),
        event -> {
          assertEquals("RunQueueWait", event.type());
          assertEquals("isolation", event.module());
          assertEquals(new ThreadId(osTid, "short-lived", javaThreadId), event.thread());
          assertEquals("short-lived", event.thread().name());
          assertEquals(3, event.cpu());
          assertEquals("stress-ng", event.text(EventFields.CULPRIT));
          assertEquals(9001, event.number(EventFields.CULPRIT_PID));
          assertEquals(120, event.number(EventFields.CULPRIT_PRIORITY));
          assertEquals(null, event.text(EventFields.CULPRIT_WORK));
          assertEquals(0, event.number(new NumberField("noSuchField")));
          assertBetween(before, event.start(), after);
          durations.add(event.duration());
        });
    assertEquals(WAITS, durations.size());
    assertEquals(1_000, durations.get(0));
    assertEquals(WAITS * 1_000L, durations.get(WAITS - 1));
  }

  private static void assertBetween(Instant from, long epochNs, Instant to) {
    // The recorder's wall clock is taken at the chunk's start and may be a little off.
    Instant at = Instant.EPOCH.plusNanos(epochNs);
    assertTrue(at.isAfter(from.minus(50, ChronoUnit.MILLIS)), at + " < " + from);
    assertTrue(at.isBefore(to.plus(50, ChronoUnit.MILLIS)), at + " > " + to);
  }

  @Test
  void intervalsAreAddedUp() throws RecordingException {
    Recording recording = Recording.read(file);
    Distribution waits = recording.distribution("isolation", "runqueue_wakeup").orElseThrow();
    assertEquals(1_500, waits.count());
    assertEquals(1_500_000, waits.total());
    assertEquals(OptionalLong.of(1_000), waits.percentile(99));
    CounterTotals counters = recording.counters("isolation");
    assertEquals(OptionalLong.of(21), counters.total("voluntary_switches"));
    assertEquals(OptionalLong.of(5_000_000_000L), counters.total("run_delay_ns"));
    ThreadId thread = new ThreadId(osTid, "", javaThreadId);
    assertEquals(OptionalLong.of(21), counters.of(thread, "voluntary_switches"));
    assertEquals("short-lived", recording.latest(thread).name());
  }

  @Test
  void captureHostAndJvm() throws RecordingException {
    Recording recording = Recording.read(file);
    assertEquals(CpuSet.of(3), recording.capture().cpus());
    assertEquals(List.of("isolation"), recording.capture().modules());
    assertEquals(CpuSet.parse("0-3"), recording.host().online());
    assertEquals(2, recording.host().numaNodes());
    assertEquals(ProcessHandle.current().pid(), recording.jvm().orElseThrow().pid());
    assertTrue(recording.jvm().orElseThrow().collector() != null);
    assertTrue(recording.probes().get(0).attached());
    assertEquals((long) WAITS, recording.records().get("latencyscope.RunQueueWait"));
    assertEquals(List.of(), List.copyOf(recording.notes()));
  }

  @Test
  void aFileThatIsGivenTwiceIsReadOnce() throws IOException, RecordingException {
    Recording once = Recording.read(file);
    Recording twice = Recording.read(file, file);
    assertEquals(
        once.distribution("isolation", "runqueue_wakeup").orElseThrow().count(),
        twice.distribution("isolation", "runqueue_wakeup").orElseThrow().count());
  }

  private static Problem problem(Path recording) {
    RecordingException e = assertThrows(RecordingException.class, () -> Recording.read(recording));
    assertTrue(e.getMessage().endsWith("."), e.getMessage());
    return e.problem();
  }

  private static Path write(String name, byte[] content) throws IOException {
    return Files.write(directory.resolve(name), content);
  }

  @Test
  void whatCannotBeReadIsSaid() throws IOException {
    byte[] whole = Files.readAllBytes(file);
    assertEquals(Problem.UNREADABLE, problem(directory.resolve("no-such.jfr")));
    assertEquals(Problem.UNREADABLE, problem(directory));
    assertEquals(Problem.EMPTY, problem(write("empty.jfr", new byte[0])));
    assertEquals(
        Problem.NOT_A_RECORDING, problem(write("text.jfr", "no recording".getBytes("US-ASCII"))));
    assertEquals(
        Problem.TRUNCATED, problem(write("cut.jfr", Arrays.copyOf(whole, whole.length - 1))));
    byte[] damaged = whole.clone();
    Arrays.fill(damaged, 68, damaged.length, (byte) 0x7f);
    assertEquals(Problem.DAMAGED, problem(write("damaged.jfr", damaged)));
  }

  @Test
  void foreignRecordingIsSaid() throws IOException {
    Path foreign = directory.resolve("foreign.jfr");
    try (jdk.jfr.Recording recording = new jdk.jfr.Recording()) {
      recording.enable("jdk.JVMInformation");
      recording.start();
      recording.stop();
      recording.dump(foreign);
    }
    assertEquals(Problem.FOREIGN, problem(foreign));
  }

  @Test
  void whatIsLeftOfACutFileIsReadAndSaid() throws IOException, RecordingException {
    byte[] whole = Files.readAllBytes(file);
    byte[] cut = Arrays.copyOf(whole, whole.length + whole.length / 2);
    System.arraycopy(whole, 0, cut, whole.length, whole.length / 2);
    Recording recording = Recording.read(write("cut-later.jfr", cut));
    assertEquals((long) WAITS, recording.records().get("latencyscope.RunQueueWait"));
    assertTrue(
        recording.notes().stream().anyMatch(note -> note.contains("was cut off")),
        recording.notes()::toString);
  }

  @Test
  void failureOfAConsumerIsNotTakenForDamage() {
    IllegalStateException e =
        assertThrows(
            IllegalStateException.class,
            () ->
                Recording.read(
                    List.of(file),
                    event -> {
                      throw new IllegalStateException("mine");
                    }));
    assertEquals("mine", e.getMessage());
  }
}
