package latencyscope.guest.thread;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class WatchedThreadsTest {
  @Test
  void withoutGlobsEveryThreadButOurOwnIsWatched() {
    WatchedThreads watched = new WatchedThreads(List.of());
    watched.leaveOut(7);
    assertTrue(watched.test(1, "anything"));
    assertTrue(watched.test(2, ""));
    assertFalse(watched.test(7, "latencyscope-drain"));
  }

  @Test
  void globsAreOfWholeNames() {
    WatchedThreads watched = new WatchedThreads(List.of("strat*", "md-?", "a.b"));
    assertTrue(watched.test(1, "strategy"));
    assertTrue(watched.test(1, "md-1"));
    assertTrue(watched.test(1, "a.b"));
    assertFalse(watched.test(1, "my-strategy"));
    assertFalse(watched.test(1, "md-10"));
    assertFalse(watched.test(1, "aXb"));
    assertFalse(watched.test(1, ""));
  }
}
