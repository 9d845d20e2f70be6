package latencyscope.recording.thread;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ThreadTableTest {
  private static final long SECOND = 1_000_000_000;
  private static final ParserThread FIRST = new ParserThread(100, 31, "worker-1");
  private static final ParserThread SECOND_THREAD = new ParserThread(100, 32, "worker-2");

  private final ThreadTable table = new ThreadTable();

  @Test
  void reusedIdIsToldApartByTime() {
    table.started(FIRST, SECOND);
    table.ended(FIRST, 2 * SECOND);
    table.started(SECOND_THREAD, 3 * SECOND);
    assertTrue(table.isReused(100));
    assertEquals("worker-1", table.resolve(100, SECOND + 5, "java").name());
    assertEquals("worker-2", table.resolve(100, 3 * SECOND + 5, "java").name());
  }

  @Test
  void reusedIdIsToldApartByName() {
    table.learn(FIRST);
    table.learn(SECOND_THREAD);
    assertEquals(31, table.resolve(100, SECOND, "worker-1").javaId());
    assertEquals(32, table.resolve(100, SECOND, "worker-2").javaId());
    table.ended(FIRST, SECOND);
    assertEquals(31, table.resolve(100, 5 * SECOND, "worker-1").javaId());
    assertEquals(32, table.resolve(100, 5 * SECOND, "main").javaId());
  }

  @Test
  void threadThatWasNotSeenIsNotTakenForAnotherOfItsId() {
    table.learn(FIRST);
    table.learn(SECOND_THREAD);
    // One that the recorder never saw is none of the two.
    assertEquals(new ThreadId(100, "worker-3", 0), table.resolve(100, SECOND, "worker-3"));
  }

  @Test
  void aThreadRunsBeforeItSaysSoAndAfter() {
    table.started(FIRST, SECOND);
    table.ended(FIRST, 2 * SECOND);
    assertEquals(31, table.resolve(100, SECOND - 1_000_000, "java").javaId());
    assertEquals(31, table.resolve(100, 2 * SECOND + 1_000_000, "java").javaId());
  }

  @Test
  void longAfterItsEndTheIdIsSomebodyElses() {
    table.started(FIRST, SECOND);
    table.ended(FIRST, 2 * SECOND);
    ThreadId other = table.resolve(100, 10 * SECOND, "GC Thread#3");
    assertEquals("GC Thread#3", other.name());
    assertFalse(other.isJava());
  }

  /** A count is of the whole capture, of which a short life is no more than a moment. */
  @Test
  void aThreadThatLivedBrieflyHasItsNameAlsoInTheMiddleOfALongInterval() {
    ParserThread brief = new ParserThread(100, 33, "lived-only-briefly-0");
    table.started(brief, SECOND);
    table.ended(brief, SECOND + 1_000_000);
    assertEquals(33, table.resolve(100, 10 * SECOND, "lived-only-brie").javaId());
    assertEquals(33, table.resolve(100, 10 * SECOND, "lived-o..efly-0").javaId());
    assertEquals(0, table.resolve(100, 10 * SECOND, "lived-other").javaId());
  }

  @Test
  void nativeThreadsHaveTheRecordersNameWhereItHasOne() {
    table.learn(new ParserThread(7, 0, "G1 Conc#0"));
    assertEquals("G1 Conc#0", table.resolve(7, 0, "G1 Conc").name());
    assertEquals("engine", table.resolve(8, 0, "engine").name());
  }

  @Test
  void eventsOwnThreadCountsOnlyForItsId() {
    assertEquals(new ThreadId(100, "worker-1", 31), table.confirmed(100, FIRST));
    assertEquals(null, table.confirmed(101, FIRST));
  }

  @Test
  void renamedThreadStaysOneAndHasItsLatestName() {
    ThreadId before = table.resolve(9, 0, "java");
    ThreadId after = table.resolve(9, 1, "strategy");
    assertEquals(before, after);
    assertEquals(List.of("strategy"), table.seen().stream().map(ThreadId::name).toList());
  }
}
