package latencyscope.agent.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import latencyscope.agent.event.Exemplars;
import latencyscope.agent.event.MappedFiles;
import latencyscope.agent.event.RecordStrings;
import latencyscope.agent.memory.TargetNodes;
import latencyscope.agent.memory.TargetPages;
import latencyscope.bpf.btf.ObjectFile;
import latencyscope.bpf.btf.Struct;
import latencyscope.bpf.btf.Type;
import latencyscope.bpf.kernel.NumaNodes;
import latencyscope.guest.channel.RecorderSink;
import latencyscope.guest.event.TickClock;
import latencyscope.guest.evidence.TaskLives;
import latencyscope.guest.settings.AgentOptions;
import latencyscope.guest.settings.CaptureSettings;
import latencyscope.guest.thread.ThreadDirectory;
import latencyscope.guest.trigger.Triggers;
import latencyscope.jfr.LockLookup;
import latencyscope.jfr.isolation.RunQueueWait;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a record's bytes, laid out as the compiled object says, to an event in a recording. */
class RecordDecoderTest {
  @TempDir Path folder;

  private final Recording recording = new Recording();
  private final MemorySegment memory = Arena.ofAuto().allocate(1024, 8);
  private Struct struct;
  private RecordDecoder decoder;
  private TickClock clock;
  private static final RecorderSink SINK = new RecorderSink(null);

  private TaskLives lives;

  @BeforeEach
  void record() throws Exception {
    recording.enable("latencyscope.RunQueueWait").withThreshold(Duration.ofNanos(1_000));
    recording.enable("latencyscope.ClockSync");
    recording.start();
    struct = ObjectFile.named("isolation").struct("run_queue_wait");
    lives = new TaskLives(folder, 1, true, true, SINK);
    decoder = decoder(Triggers.NONE);
    clock = new TickClock();
    assertTrue(clock.calibrate());
  }

  private RecordDecoder decoder(Triggers triggers) throws Exception {
    return new RecordDecoder(
        RunQueueWait.class,
        struct,
        new RecordStrings(new MappedFiles(null)),
        new Exemplars("isolation", SINK),
        new TargetPages(
            new TargetNodes(NumaNodes.running(), CaptureSettings.OWN, SINK), new MappedFiles(null)),
        LockLookup.NONE,
        lives,
        triggers,
        SINK);
  }

  /** Of two that are long enough, only the second is on the CPUs of the capture. */
  @Test
  void whatIsFollowedAndNotJudgedMeetsNoTrigger() throws Exception {
    AgentOptions options = AgentOptions.parse("trigger.cooldown=1h,trigger.dir=" + folder);
    decoder = decoder(Triggers.asked(options, "runqueue>10us"));
    header(clock.kernelNow() - 5_000_000, 60_000, 4711);
    set("outside", 1);
    decoder.decode(words(), new ThreadDirectory.Entry(4711, null, "elsewhere", true), clock);
    set("outside", 0);
    decoder.decode(words(), new ThreadDirectory.Entry(4712, null, "here", true), clock);
    Path file = awaitFile();
    List<String> threads =
        RecordingFile.readAllEvents(file).stream()
            .filter(event -> event.getEventType().getName().equals("latencyscope.Trigger"))
            .map(event -> event.getString("thread"))
            .toList();
    assertEquals(List.of("here"), threads);
  }

  private Path awaitFile() throws Exception {
    for (int i = 0; i < 300; i++) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.jfr")) {
        for (Path file : files) {
          return file;
        }
      }
      Thread.sleep(100);
    }
    throw new AssertionError("no file was written");
  }

  @Test
  void aTaskThatARecordNamesIsLookedAt() throws Exception {
    header(clock.kernelNow() - 5_000_000, 2_000, 4711);
    set("culprit_tid", 13);
    set("culprit_pid", 12);
    decoder.decode(words(), new ThreadDirectory.Entry(4711, null, "victim", true), clock);
    header(clock.kernelNow() - 5_000_000, 3_000, 4711);
    decoder.decode(words(), new ThreadDirectory.Entry(4711, null, "victim", true), clock);
    lives.commit();
    List<RecordedEvent> tasks = events("TaskStatus");
    assertEquals(
        List.of("4711 of 1 ended", "13 of 12 ended"),
        tasks.stream()
            .map(task ->
                task.getLong("osThreadId")
                    + " of "
                    + task.getLong("processId")
                    + (task.getBoolean("ended") ? " ended" : ""))
            .toList());
  }

  @AfterEach
  void close() {
    recording.close();
  }

  @Test
  void everyMemberArrivesInItsField() throws Exception {
    // It may well have ended by the time its record is read.
    Thread thread = new Thread(() -> {}, "the-victim");
    thread.start();
    thread.join();
    long start = clock.kernelNow() - 5_000_000;
    header(start, 47_123, 4711);
    set("culprit_held_ns", 40_001);
    set("accounted_ns", 47_000);
    set("culprit_tid", 0xFFFF_FFFEL);
    set("culprit_pid", 12);
    set("culprit_priority", 49);
    set("tasks_between", 3);
    set("priority", 120);
    set("kind", 2);
    text(struct.member("culprit"), "sixteen-bytes-xx");
    decoder.decode(words(), new ThreadDirectory.Entry(4711, thread, "the-victim", true), clock);

    RecordedEvent event = events("RunQueueWait").get(0);
    assertEquals(47_123, event.getDuration().toNanos());
    assertEquals(47_123, event.getDuration("kernelDuration").toNanos());
    assertEquals(event.getStartTime(), event.getInstant("kernelStart"));
    assertEquals("the-victim", event.getThread().getJavaName());
    assertEquals("the-victim", event.getString("thread"));
    assertEquals(4711, event.getLong("osThreadId"));
    assertEquals(7, event.getInt("cpu"));
    assertEquals("preempted", event.getString("kind"));
    assertEquals("sixteen-bytes-xx", event.getString("culprit"));
    assertEquals(4_294_967_294L, event.getLong("culpritTid"));
    assertEquals(12, event.getLong("culpritPid"));
    assertEquals(49, event.getInt("culpritPriority"));
    assertEquals(40_001, event.getDuration("culpritHeld").toNanos());
    assertEquals(47_000, event.getDuration("accounted").toNanos());
    assertEquals(3, event.getInt("tasksBetween"));
    assertEquals(120, event.getInt("priority"));
    assertNull(event.getString("culpritWork"));
  }

  @Test
  void theThresholdIsComparedWithTheKernelsDuration() throws Exception {
    ThreadDirectory.Entry nobody = new ThreadDirectory.Entry(1, null, null, true);
    for (long duration : new long[] {0, 999, 1_000, 5_000_000_000L}) {
      header(clock.kernelNow() - 6_000_000_000L, duration, 1);
      decoder.decode(words(), nobody, clock);
    }
    List<Long> durations =
        events("RunQueueWait").stream().map(event -> event.getDuration().toNanos()).toList();
    assertEquals(List.of(1_000L, 5_000_000_000L), durations);
  }

  @Test
  void whatTheKernelSendsBelowTheThresholdIsAnExemplar() throws Exception {
    long start = clock.kernelNow() - 5_000_000;
    header(start, 999, 4711);
    set("culprit_tid", 12);
    set("kind", 2);
    text(struct.member("culprit"), "a b");
    decoder.decode(words(), new ThreadDirectory.Entry(4711, null, "victim", true), clock);

    RecordedEvent event = events("Exemplar").get(0);
    assertEquals("isolation", event.getString("module"));
    assertEquals("latencyscope.RunQueueWait", event.getString("type"));
    assertEquals(999, event.getDuration("kernelDuration").toNanos());
    assertEquals(event.getStartTime(), event.getInstant("kernelStart"));
    assertEquals("victim", event.getString("thread"));
    assertEquals(4711, event.getLong("osThreadId"));
    assertEquals(7, event.getInt("cpu"));
    List<String> details = event.getString("details").lines().toList();
    assertTrue(details.containsAll(List.of("kind=preempted", "culprit=a b", "culpritTid=12")));
  }

  @Test
  void nothingIsCommittedForATypeThatIsOff() throws Exception {
    recording.disable("latencyscope.RunQueueWait");
    header(clock.kernelNow() - 5_000_000, 999, 4711);
    decoder.decode(words(), new ThreadDirectory.Entry(4711, null, "victim", true), clock);
    assertEquals(List.of(), events("Exemplar"));
  }

  @Test
  void oneInstanceServesManyRecordsWithoutMixingThem() throws Exception {
    for (int i = 0; i < 100; i++) {
      header(clock.kernelNow() - 1_000_000, 2_000 + i, i);
      text(struct.member("culprit"), i % 2 == 0 ? "even" : "");
      decoder.decode(words(), new ThreadDirectory.Entry(i, null, "t" + i, true), clock);
    }
    List<RecordedEvent> events = events("RunQueueWait");
    assertEquals(100, events.size());
    for (RecordedEvent event : events) {
      long id = event.getLong("osThreadId");
      assertEquals("t" + id, event.getString("thread"));
      assertEquals(2_000 + id, event.getDuration().toNanos());
      assertEquals(id % 2 == 0 ? "even" : null, event.getString("culprit"));
      assertNull(event.getThread());
    }
  }

  private long[] words() {
    return memory.asSlice(0, struct.size()).toArray(ValueLayout.JAVA_LONG);
  }

  private List<RecordedEvent> events(String type) throws Exception {
    Path file = folder.resolve("r.jfr");
    recording.stop();
    recording.dump(file);
    return RecordingFile.readAllEvents(file).stream()
        .filter(event -> event.getEventType().getName().equals("latencyscope." + type))
        .toList();
  }

  private void header(long startNs, long durationNs, int osThreadId) {
    Struct header = RecordBinding.headerOf(struct);
    memory.fill((byte) 0);
    put(header.member("kernel_start_ns"), startNs);
    put(header.member("kernel_duration_ns"), durationNs);
    put(header.member("os_thread_id"), osThreadId);
    put(header.member("cpu"), 7);
  }

  private void set(String member, long value) {
    put(struct.member(member), value);
  }

  private void put(Struct.Member member, long value) {
    if (member.type().size() == Long.BYTES) {
      memory.set(ValueLayout.JAVA_LONG, member.offset(), value);
    } else {
      memory.set(ValueLayout.JAVA_INT, member.offset(), (int) value);
    }
  }

  private void text(Struct.Member member, String text) {
    byte[] bytes = new byte[((Type.Chars) member.type()).size()];
    byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(ascii, 0, bytes, 0, ascii.length);
    MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, member.offset(), bytes.length);
  }
}
