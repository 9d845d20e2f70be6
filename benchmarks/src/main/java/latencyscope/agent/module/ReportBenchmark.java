package latencyscope.agent.module;

import java.util.concurrent.TimeUnit;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import latencyscope.agent.account.HdrEncoding;
import latencyscope.guest.event.TickClock;
import latencyscope.jfr.capture.ClockSync;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What is done now and then rather than for a record: clocks are matched, distributions encoded.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class ReportBenchmark {
  /** As many as the kernel side counts in. */
  private static final int COUNTERS = 31 << 10;

  /** A busy thread's waits: a few hundred different lengths around some microseconds. */
  private static final int FIRST_LENGTH = 1_500;

  private static final int LENGTHS = 400;

  private final long[] counts = new long[COUNTERS];
  private final HdrEncoding encoding = new HdrEncoding();
  private Recording recording;
  private TickClock clock;
  private long kernelNs;

  /** For the harness. */
  public ReportBenchmark() {}

  /** Starts a recording, without which there is no tick clock. */
  @Setup(Level.Trial)
  public void setUp() throws IllegalAccessException {
    FlightRecorder.register(ClockSync.class);
    recording = new Recording();
    recording.enable(ClockSync.class);
    recording.start();
    clock = new TickClock();
    if (!clock.calibrate()) {
      throw new IllegalStateException("the recording has not started the clock");
    }
    kernelNs = clock.kernelNow();
    for (int i = 0; i < LENGTHS; i++) {
      counts[FIRST_LENGTH + 3 * i] = 1 + i * 7919L % 1000;
    }
  }

  /** Ends the recording. */
  @TearDown(Level.Trial)
  public void tearDown() {
    recording.close();
  }

  /** Two for every record. */
  @Benchmark
  public long ticksAt() {
    return clock.ticksAt(kernelNs++);
  }

  /** Once a second. */
  @Benchmark
  public boolean calibrate() {
    return clock.calibrate();
  }

  /** For each thread and measure, when a recording's chunk ends. */
  @Benchmark
  public String encodeDistribution() {
    return encoding.encode(counts, counts.length);
  }
}
