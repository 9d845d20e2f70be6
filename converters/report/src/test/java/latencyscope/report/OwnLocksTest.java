package latencyscope.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.ZoneOffset;
import latencyscope.analysis.Metrics;
import latencyscope.analysis.Report;
import latencyscope.recording.Fixture;
import latencyscope.recording.SyscallFixture;
import latencyscope.recording.thread.ThreadId;
import org.junit.jupiter.api.Test;

/** What the target's threads lost to ours through native locks, as the report's line says it. */
class OwnLocksTest {
  private static final ThreadId STRATEGY = new ThreadId(4720, "strategy", 31);
  private static final ThreadId C2 = new ThreadId(4716, "C2 CompilerThread0", 0);
  private static final ThreadId DRAIN = new ThreadId(4740, "latencyscope-dr", 50);
  private static final long MS = 1_000_000;
  private static final long RUN_DELAY = 3_204;
  private static final long ADDRESS = 0x7f10_0001_0008L;

  private static String ownThreads(Report report) {
    return new Header(report, ZoneOffset.UTC)
        .lines().stream().filter(line -> line.startsWith("Own threads:")).findFirst().orElse("");
  }

  @Test
  void timeInWhichOurThreadHeldTheLockIsCounted() {
    SyscallFixture fixture = new SyscallFixture("");
    // Ours held it for 10 ms; the compiler, which waited behind the strategy, for 2 ms after that.
    fixture.mutex(STRATEGY, 0, 10 * MS + RUN_DELAY, DRAIN, ADDRESS, "MethodCompileQueue_lock");
    fixture.mutex(C2, 4 * MS, 8 * MS + RUN_DELAY, STRATEGY, ADDRESS, "MethodCompileQueue_lock");
    Report report = fixture.report();
    Metrics capture = report.capture().metrics();
    assertEquals(2L, capture.get("own_lock_wait_count"));
    assertEquals(16 * MS, capture.get("own_lock_wait_ns"));
    assertEquals(10 * MS, capture.get("own_lock_wait_max_ns"));
    String line = ownThreads(report);
    assertTrue(line.contains(", and through locks by 16.0 ms (2 waits, worst 10.0 ms)"), line);
  }

  /** Of 136 waits that bpftrace saw end by ours, 44 came before the module, 8 were too short. */
  @Test
  void whatCannotBeInTheRecordingIsSaid() {
    SyscallFixture fixture = new SyscallFixture("");
    fixture.mutex(STRATEGY, 0, 10 * MS + RUN_DELAY, DRAIN, ADDRESS, "MethodCompileQueue_lock");
    assertTrue(
        ownThreads(fixture.report())
            .endsWith("; not counted: those before 14:32:07.5, while modules were loaded"),
        ownThreads(fixture.report()));
    fixture.raised("FutexWait", 80_000);
    assertTrue(
        ownThreads(fixture.report())
            .endsWith(
                "; not counted: waits shorter than 80.0 µs at times, and those before 14:32:07.5,"
                    + " while modules were loaded"),
        ownThreads(fixture.report()));
  }

  @Test
  void ourOwnWaitsAndThoseThatOthersEndedAreNot() {
    SyscallFixture fixture = new SyscallFixture("");
    fixture.mutex(DRAIN, 0, 10 * MS, C2, ADDRESS, "MethodCompileQueue_lock");
    fixture.mutex(STRATEGY, 20 * MS, 10 * MS, C2, ADDRESS, "MethodCompileQueue_lock");
    // A notification of ours, such as of something to compile, is no lock that was held.
    fixture.woken(C2, 40 * MS, 10 * MS, DRAIN);
    Report report = fixture.report();
    assertEquals(0L, report.capture().metrics().get("own_lock_wait_count"));
    assertEquals("", ownThreads(report));
  }

  @Test
  void withoutTheSyscallModuleNothingIsSaidToBeZero() {
    Report report = new Fixture().capture("", "").report();
    assertNull(report.capture().metrics().get("own_lock_wait_ns"));
    assertTrue(
        report.capture().metrics().unavailable().get("own_lock_wait_ns").contains("syscall"));
  }
}
