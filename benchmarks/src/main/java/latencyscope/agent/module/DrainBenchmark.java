package latencyscope.agent.module;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import latencyscope.agent.event.MappedFiles;
import latencyscope.agent.event.RecordStrings;
import latencyscope.agent.memory.TargetMemory;
import latencyscope.agent.memory.TargetNodes;
import latencyscope.agent.memory.TargetPages;
import latencyscope.bpf.error.BpfException;
import latencyscope.bpf.kernel.NumaNodes;
import latencyscope.guest.channel.RecorderSink;
import latencyscope.guest.event.TickClock;
import latencyscope.guest.evidence.TaskLives;
import latencyscope.guest.facts.LockNames;
import latencyscope.guest.settings.CaptureSettings;
import latencyscope.guest.trigger.Triggers;
import latencyscope.jfr.capture.ClockSync;
import latencyscope.jfr.capture.Exemplar;
import latencyscope.jfr.isolation.ContextSwitch;
import latencyscope.jfr.isolation.RunQueueWait;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The drain thread's way with a record: out of the ring, decoded, committed as an event to a
 * recording that runs. One operation is one record.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 3,
    jvmArgsAppend = {DrainBenchmark.OPEN_LANG, DrainBenchmark.NATIVE_ACCESS})
public class DrainBenchmark {
  static final String OPEN_LANG = "--add-opens=java.base/java.lang=ALL-UNNAMED";
  static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";

  /** As many as the agent drains at once. */
  private static final int RECORDS = 8192;

  private static final int COLD_DRAINS = 4;
  private static final int THREADS = 8;
  private static final long MAX_RECORDING_BYTES = 128L << 20;

  /** Whether the recording keeps its data in memory, or writes it to disk as most do. */
  @Param({"false", "true"})
  public boolean disk;

  /** Whether the recording wants the events; if not, all is done but the commit. */
  @Param({"true"})
  public boolean enabled;

  private final Arena arena = Arena.ofShared();
  private Recording recording;
  private JavaThreads threads;
  private RecordRing ring;
  private ModuleRecords records;
  private long bytes;

  /** For the harness. */
  public DrainBenchmark() {}

  /** Starts a recording and fills the ring. */
  @Setup(Level.Trial)
  public void setUp() throws BpfException, IOException, ReflectiveOperationException {
    recording = startRecording();
    TickClock clock = new TickClock();
    if (!clock.calibrate()) {
      throw new IllegalStateException("the recording has not started the clock");
    }
    threads = new JavaThreads(THREADS);
    ring = new RecordRing(arena, RECORDS, threads.osThreadIds(), clock.kernelNow());
    RecorderSink sink = new RecorderSink(null);
    CaptureContext context =
        new CaptureContext(
            sink,
            clock,
            threads.directory(),
            new RecordStrings(new MappedFiles(null)),
            new TargetMemory(null, null),
            new TargetPages(
                new TargetNodes(NumaNodes.running(), CaptureSettings.OWN, sink),
                new MappedFiles(null)),
            LockNames.NONE,
            JavaStacks.NONE,
            new TaskLives(Path.of("/proc"), 1, false, true, sink),
            Triggers.NONE,
            new ShortTurns(),
            List.of());
    records =
        new ModuleRecords(
            "isolation", ring.structs(), context, context.threads().ofModule(), _ -> {});
  }

  private Recording startRecording() {
    FlightRecorder.register(ClockSync.class);
    FlightRecorder.register(Exemplar.class);
    FlightRecorder.register(RunQueueWait.class);
    FlightRecorder.register(ContextSwitch.class);
    Recording started = new Recording();
    started.setToDisk(disk);
    started.setMaxSize(MAX_RECORDING_BYTES);
    started.enable(ClockSync.class);
    for (Class<? extends Event> event : List.of(RunQueueWait.class, ContextSwitch.class)) {
      if (enabled) {
        started.enable(event).withoutThreshold();
      } else {
        // Enabled and never long enough: a type that is off is not instrumented.
        started.enable(event).withThreshold(Duration.ofDays(1));
      }
    }
    started.start();
    return started;
  }

  /** Ends the recording. */
  @TearDown(Level.Trial)
  public void tearDown() throws IOException {
    recording.close();
    threads.close();
    arena.close();
  }

  /** Ring to recording: the target is 1,000,000 records a second on one core, with 0 bytes each. */
  @Benchmark
  @OperationsPerInvocation(RECORDS)
  public int drainDecodeCommit() throws BpfException {
    return ring.drain(records);
  }

  /** The same in a JVM that has just started: as many records as come in an engine's first time. */
  @Benchmark
  @BenchmarkMode(Mode.SingleShotTime)
  @OutputTimeUnit(TimeUnit.NANOSECONDS)
  @OperationsPerInvocation(RECORDS * COLD_DRAINS)
  @Warmup(iterations = 0)
  @Measurement(iterations = 1)
  @Fork(
      value = 7,
      jvmArgsAppend = {OPEN_LANG, NATIVE_ACCESS})
  public int coldDrainDecodeCommit() throws BpfException {
    int drained = 0;
    for (int i = 0; i < COLD_DRAINS; i++) {
      drained += ring.drain(records);
    }
    return drained;
  }

  /** The ring alone. */
  @Benchmark
  @OperationsPerInvocation(RECORDS)
  public long drainOnly() throws BpfException {
    ring.drain(this::look);
    return bytes;
  }

  private void look(MemorySegment data, long offset, int length) {
    bytes += length;
  }
}
